using System.Collections.Concurrent;
using System.Threading.Channels;
using ToolRuntime.Named;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Named;

/// <summary>Stands for the tool that runs named processes: its runs become ready and end when the test says so, and at once when they are told to stop, unless they are deaf.</summary>
internal sealed class ScriptedRuns : ITool
{
    private readonly ConcurrentDictionary<string, int> open = new();
    private readonly Channel<ScriptedRun> runs = Channel.CreateUnbounded<ScriptedRun>();

    public ToolDescriptor Descriptor { get; } = new()
    {
        Name = NamedRunContract.Tool,
        Description = "A fake run.",
        Parameters = new("""{"type":"object"}"""),
        StartsProcess = true,
        Endless = true,
        TimeoutMs = 86_400_000,
        MaxTimeoutMs = 86_400_000,
        KeptBytes = 1 << 20,
    };

    /// <summary>Whether runs end only when they are cancelled.</summary>
    public bool Deaf { get; set; }

    /// <summary>The most runs of one process that there ever were at a time.</summary>
    public int MostAtOnce { get; private set; }

    public async Task<ScriptedRun> NextAsync() => await runs.Reader.ReadAsync(new CancellationTokenSource(Support.Waits.Long).Token);

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        var name = call.Arguments.GetProperty("name").GetString()!;
        MostAtOnce = Math.Max(MostAtOnce, open.AddOrUpdate(name, 1, (_, others) => others + 1));
        var run = new ScriptedRun(name, call.Arguments.GetProperty("command").GetString()!, context);
        using var control = context.OnTerminal(control => control.Stop && (Deaf || run.End(ToolResult.Success(new("""{"exitCode":143}"""), "stopped"))));
        try
        {
            runs.Writer.TryWrite(run);
            return await run.Ended.WaitAsync(cancellationToken);
        }
        finally
        {
            open.AddOrUpdate(name, 0, (_, others) => others - 1);
        }
    }
}

/// <summary>One of its runs.</summary>
internal sealed class ScriptedRun(string name, string command, IToolContext context)
{
    private readonly TaskCompletionSource<ToolResult> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => name;

    public string Command => command;

    public string ExecutionId => context.ExecutionId;

    public Task<ToolResult> Ended => ended.Task;

    public bool End(ToolResult result) => ended.TrySetResult(result) || Ended.IsCompleted;

    public void Exit(int code) => End(code == 0
        ? ToolResult.Success(new("""{"exitCode":0}"""), "exit 0")
        : ToolResult.Failure(new("exit_code", $"It ended with {code}.", Details: new($$"""{"exitCode":{{code}}}"""))));

    public void Tell(string stage, int pid) => _ = context.ReportProgressAsync(stage, details: new($$"""{"pid":{{pid}}}""")).AsTask();
}
