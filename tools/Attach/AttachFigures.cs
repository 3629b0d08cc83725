using System.Globalization;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Attach;

/// <summary>What a process that is attached to takes, told each second that anything of it has changed.</summary>
internal sealed class AttachFigures(AttachTarget target, OutputPlan plan, TimeProvider time)
{
    private const int TicksPerSecond = 100;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly string command = ProcessTable.CommandLine(target.Pid);
    private long cpuMs;
    private long peakBytes;

    /// <summary>Why some of its output can't be seen.</summary>
    public string? Note { get; set; } = plan.Note;

    /// <summary>Tells until the token is cancelled or it is gone.</summary>
    public async Task ShowAsync(IToolContext context, CancellationToken cancellationToken)
    {
        var (ticks, at, told) = (-1L, time.GetTimestamp(), "");
        while (!cancellationToken.IsCancellationRequested && target.Stat() is { } stat)
        {
            var now = time.GetTimestamp();
            double? share = ticks < 0 ? null : Math.Round((stat.CpuTicks - ticks) * 100.0 / TicksPerSecond / Math.Max(0.001, time.GetElapsedTime(at, now).TotalSeconds), 1);
            (ticks, at) = (stat.CpuTicks, now);
            cpuMs = stat.CpuTicks * (1_000 / TicksPerSecond);
            var memory = stat.MemoryPages * Environment.SystemPageSize;
            peakBytes = Math.Max(peakBytes, memory);
            var message = string.Create(CultureInfo.InvariantCulture, $"{share ?? 0:0.#} % processor, {memory / 1_048_576.0:0.0} MB, {stat.Threads} threads");
            if (message != told)
            {
                told = message;
                await context.ReportProgressAsync("attached", null, Note is null ? message : $"{message}. {Note}", Details(stat.Threads, share, memory), CancellationToken.None);
            }

            await Task.Delay(Every, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What is told at the end. Only a parent learns an exit code.</summary>
    public JsonText Result(bool exited, long unseen) => JsonText.Object(json =>
    {
        json.WriteNumber("pid", target.Pid);
        json.WriteString("command", command);
        json.WriteBoolean("exited", exited);
        json.WriteNull("exitCode");
        json.WriteStartArray("files");
        foreach (var file in plan.Files) json.WriteStringValue(file.Link);
        json.WriteEndArray();
        json.WriteBoolean("traced", plan.Traced.Count > 0 && Note is null);
        if (unseen > 0) json.WriteNumber("unseenBytes", unseen);
        if (Note is not null) json.WriteString("note", Note);
        json.WriteNumber("cpuMs", cpuMs);
        json.WriteNumber("peakMemoryBytes", peakBytes);
    });

    private JsonText Details(int threads, double? share, long memory) => JsonText.Object(json =>
    {
        json.WriteNumber("pid", target.Pid);
        if (share is { } percent) json.WriteNumber("cpuPercent", percent);
        json.WriteNumber("cpuMs", cpuMs);
        json.WriteNumber("memoryBytes", memory);
        json.WriteNumber("threads", threads);
    });
}
