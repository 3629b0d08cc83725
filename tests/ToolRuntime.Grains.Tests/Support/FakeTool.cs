using System.Collections.Concurrent;
using ToolRuntime.Events;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>A tool whose attempts end when the test says so.</summary>
internal sealed class FakeTool(string name) : ITool
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<ToolResult>> ends = new();

    public ToolDescriptor Descriptor { get; init; } = new() { Name = name, Description = $"The fake {name}.", Parameters = new("""{"type":"object"}"""), EstimatedMs = 100 };

    /// <summary>The batch that each execution was told of.</summary>
    public ConcurrentDictionary<string, string> Batches { get; } = new();

    public void End(string executionId, ToolResult result) => EndOf(executionId).TrySetResult(result);

    public Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        Batches[context.ExecutionId] = context.BatchId;
        return EndOf(context.ExecutionId).Task.WaitAsync(cancellationToken);
    }

    private TaskCompletionSource<ToolResult> EndOf(string id) => ends.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

internal static class FakeTools
{
    /// <summary>What each falls back on.</summary>
    public static string[] Fallbacks(string tool) => tool == "weak" ? ["strict", "again", "asks"] : [];

    /// <summary>
    /// <c>plain</c>, <c>again</c> (idempotent), <c>kept</c> (cacheable), <c>asks</c> (needs approval), <c>strict</c> (requires <c>path</c>), <c>bounded</c> (attempts up to 10 min),
    /// <c>weak</c> (falls back on <c>strict</c>, <c>again</c> and <c>asks</c>), <c>echo</c> (takes input), <c>forks</c> (starts processes), <c>forks-again</c> (the same, idempotent) and <c>stubborn</c> (the same, and they end late).
    /// </summary>
    public static ITool[] All() =>
    [
        new FakeTool("plain"),
        With("again", d => d with { Idempotency = Idempotency.Yes }),
        With("kept", d => d with { CacheSeconds = 300 }),
        With("asks", d => d with { NeedsApproval = true }),
        With("strict", d => d with { Parameters = new("""{"type":"object","required":["path"]}""") }),
        new FakeTool("weak"),
        With("maybe", d => d with { Idempotency = Idempotency.WhenArgumentsSay, TimeoutMs = 1_000 }),
        With("bounded", d => d with { MaxTimeoutMs = 600_000, TimeoutArgument = "timeoutMs" }),
        With("forks", d => d with { StartsProcess = true }),
        new Stubborn(),
        With("forks-again", d => d with { StartsProcess = true, Idempotency = Idempotency.Yes }),
        new Echo(),
        new Tty(),
        new Stages(),
    ];

    /// <summary>Writes out what is typed into it, once the test lets it read, until the input's end.</summary>
    public sealed class Echo : ITool
    {
        public TaskCompletionSource MayRead { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ToolDescriptor Descriptor { get; } = new FakeTool("echo").Descriptor with { Input = ToolInput.Yes };

        public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
        {
            await MayRead.Task.WaitAsync(cancellationToken);
            while (await context.ReadInputAsync(cancellationToken) is { IsEmpty: false } bytes) await context.WriteOutputAsync(OutputStream.Stdout, bytes, cancellationToken);
            return ToolResult.Success(JsonText.EmptyObject, "over");
        }
    }

    /// <summary>Has a terminal that shows what is typed and what is done to it, until <c>q</c> is typed.</summary>
    public sealed class Tty : ITool
    {
        public ToolDescriptor Descriptor { get; } = new FakeTool("tty").Descriptor with
        {
            Input = ToolInput.Yes,
            Terminal = new(Always: true, KeptBytes: 1 << 20),
            Endless = true,
            TimeoutMs = 86_400_000,
            MaxTimeoutMs = 86_400_000,
        };

        public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
        {
            using var terminal = context.OnTerminal(control =>
            {
                var done = control.Size is { } size ? $"[{size.Cols}x{size.Rows}]" : $"[{control.Signal}]";
                _ = context.WriteOutputAsync(OutputStream.Terminal, System.Text.Encoding.UTF8.GetBytes(done), cancellationToken).AsTask();
                return control.Signal != "SIGHUP";
            });
            while (await context.ReadInputAsync(cancellationToken) is { IsEmpty: false } bytes)
            {
                var end = bytes.Span.IndexOf((byte)'q');
                await context.WriteOutputAsync(OutputStream.Terminal, end < 0 ? bytes : bytes[..end], cancellationToken);
                if (end >= 0) break;
            }

            return ToolResult.Success(JsonText.EmptyObject, "over");
        }
    }

    /// <summary>Its processes end, once it is cancelled, when the test lets them.</summary>
    public sealed class Stubborn : ITool
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource MayEnd { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ToolDescriptor Descriptor { get; } = new FakeTool("stubborn").Descriptor with { StartsProcess = true, TimeoutMs = 1_000 };

        public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
        {
            Started.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await MayEnd.Task;
            cancellationToken.ThrowIfCancellationRequested();
            return ToolResult.Success(JsonText.EmptyObject, "over");
        }
    }

    /// <summary>Says <c>one</c>, and, once the test lets it go on and nothing holds it, <c>two</c>.</summary>
    public sealed class Stages : ITool
    {
        public TaskCompletionSource MayGoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource AtCheckpoint { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ToolDescriptor Descriptor { get; } = new FakeTool("stages").Descriptor with { TimeoutMs = 1_000 };

        public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
        {
            using var suspension = context.OnSuspend(held => _ = held && Held.TrySetResult());
            await context.WriteOutputAsync(OutputStream.Stdout, "one"u8.ToArray(), cancellationToken);
            await MayGoOn.Task.WaitAsync(cancellationToken);
            AtCheckpoint.SetResult();
            await context.CheckpointAsync(cancellationToken);
            await context.WriteOutputAsync(OutputStream.Stdout, "two"u8.ToArray(), cancellationToken);
            return ToolResult.Success(JsonText.EmptyObject, "over");
        }
    }

    private static FakeTool With(string name, Func<ToolDescriptor, ToolDescriptor> change)
    {
        var tool = new FakeTool(name);
        return new(name) { Descriptor = change(tool.Descriptor) };
    }
}
