using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using ToolRuntime.Events;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Attach;

/// <summary>Traces what a process and those that it starts write to its outputs, by <c>strace</c>, which is asked to detach at the end.</summary>
internal sealed class WriteTracer(ProcessLauncher launcher, AttachOptions options, TimeProvider time)
{
    private const string Calls = "trace=write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendfile,splice,tee,copy_file_range";
    private const string Usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static readonly TimeSpan DetachWithin = TimeSpan.FromSeconds(5);

    /// <summary>Where <c>strace</c> is; null where it is not installed.</summary>
    public string? Program => options.Strace.Contains('/', StringComparison.Ordinal)
        ? File.Exists(options.Strace) ? options.Strace : null
        : (Environment.GetEnvironmentVariable("PATH") ?? Usual).Split(':').Select(folder => Path.Combine(folder, options.Strace)).FirstOrDefault(File.Exists);

    /// <summary>Why a process can't be traced; null if there is no reason known before it is tried.</summary>
    public string? Refusal(AttachTarget target)
    {
        if (Program is null) return "strace is not installed, by which writes are traced. Install the package strace on the silo's host.";
        return target.Tracer() is not 0 and var tracer ? $"Process {target.Pid} is traced already, by process {tracer}; end that first." : null;
    }

    /// <summary>Traces it until it exits or the token is cancelled; then it is as it was.</summary>
    /// <returns>Bytes that went to its outputs unseen.</returns>
    /// <exception cref="AttachException">It may not be traced.</exception>
    public async Task<long> RunAsync(
        AttachTarget target, IReadOnlyDictionary<int, string> places, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> write, CancellationToken cancellationToken)
    {
        var numbers = string.Join(',', places.Keys);
        ImmutableArray<string> arguments =
        [
            "-p", target.Pid.ToString(CultureInfo.InvariantCulture), "-f", "-qq", "-y", "-s", "0", "-e", Calls, "-e", $"write={numbers}", "-e", "signal=none",
        ];
        ProcessCommand command = new(Program!, arguments, "/", new Dictionary<string, string> { ["LC_ALL"] = "C", ["PATH"] = Usual });
        await using var strace = await launcher.StartAsync(command);
        using var ending = cancellationToken.Register(() => _ = Libc.Kill(strace.Id, Signal.Interrupt));
        var lines = new TraceLines(places);
        var said = new StringBuilder();
        try
        {
            await ReadAsync(strace, lines, said, write, cancellationToken);
        }
        finally
        {
            await DetachAsync(strace, target);
        }

        if (said.Length > 0 && target.Stat() is not null) throw AttachException.NotPermitted(Explain(target.Pid, said.ToString()));
        cancellationToken.ThrowIfCancellationRequested();
        return lines.Unseen;
    }

    private static async Task ReadAsync(
        ToolProcess strace, TraceLines lines, StringBuilder said, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> write, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(strace.Error, new(bufferSize: 64 * 1024));
        var gathered = new ArrayBufferWriter<byte>();
        var stream = OutputStream.Stdout;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (TryLine(ref buffer, out var line))
            {
                if (line.AsSpan().StartsWith("strace: "u8)) said.AppendLine(Encoding.UTF8.GetString(line));
                if (lines.Take(line) is not var (to, bytes)) continue;
                if (to != stream && gathered.WrittenCount > 0) await FlushAsync();
                stream = to;
                gathered.Write(bytes);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            await FlushAsync();
            if (read.IsCompleted) return;
        }

        async ValueTask FlushAsync()
        {
            if (gathered.WrittenCount == 0) return;
            await write(stream, gathered.WrittenMemory);
            gathered.ResetWrittenCount();
        }
    }

    private static bool TryLine(ref ReadOnlySequence<byte> buffer, out byte[] line)
    {
        line = [];
        if (buffer.PositionOf((byte)'\n') is not { } end) return false;
        line = buffer.Slice(0, end).ToArray();
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    // It lets go of what it traces, and only then exits. One that is killed lets go by the kernel's hand.
    private async Task DetachAsync(ToolProcess strace, AttachTarget target)
    {
        if (!strace.Exited.IsCompleted) _ = Libc.Kill(strace.Id, Signal.Interrupt);
        await ((Task)strace.Exited.WaitAsync(DetachWithin, time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await strace.EndAsync(TimeSpan.Zero);
        for (var poll = 1; poll <= 64 && target.Stat() is not null && target.Tracer() != 0; poll *= 2) await Task.Delay(TimeSpan.FromMilliseconds(poll), time, CancellationToken.None);
    }

    private static string Explain(int pid, string said)
    {
        if (!said.Contains("not permitted", StringComparison.Ordinal)) return $"strace can't trace process {pid}: {said.Trim()}";
        var scope = File.Exists("/proc/sys/kernel/yama/ptrace_scope") ? File.ReadAllText("/proc/sys/kernel/yama/ptrace_scope").Trim() : "0";
        return scope == "0"
            ? $"The server's user may not trace process {pid}: it is another user's, or protected. Run the server as that user, or with the capability CAP_SYS_PTRACE."
            : $"This host lets nobody trace process {pid} but its ancestors: set kernel.yama.ptrace_scope to 0 (it is {scope}), or give the server the capability CAP_SYS_PTRACE.";
    }
}
