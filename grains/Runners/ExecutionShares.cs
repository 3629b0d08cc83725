using System.Runtime.InteropServices;

namespace ToolRuntime.Runners;

/// <summary>
/// On whose account something runs, and how many executions that subject may have running at a time on a silo; 0 means no limit.
/// </summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionAccount")]
internal sealed record ExecutionAccount(string Subject, int Limit);

/// <summary>
/// Counts each subject's running executions on this silo; those beyond the subject's limit wait, in order, and hold up nobody else.
/// </summary>
internal sealed class ExecutionShares
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Tenant, string Subject), Line> lines = [];

    /// <summary>Whether the subject has as many running as it may.</summary>
    public bool IsFull(string tenant, string subject, int limit)
    {
        if (limit == 0) return false;
        lock (gate) return lines.TryGetValue((tenant, subject), out var line) && line.Running >= limit;
    }

    /// <summary>Takes a place for one execution as soon as there is one; null where none is needed.</summary>
    public ValueTask<ExecutionShare?> TakeAsync(string tenant, ExecutionAccount? account, CancellationToken cancellationToken = default)
    {
        if (account is not { Limit: > 0 }) return default;
        lock (gate)
        {
            ref var line = ref CollectionsMarshal.GetValueRefOrAddDefault(lines, (tenant, account.Subject), out _);
            line ??= new();
            var share = new ExecutionShare(this, tenant, account);
            if (line.Waiting.Count == 0 && line.Running < account.Limit)
            {
                line.Running++;
                return new(share);
            }

            var turn = new TaskCompletionSource<ExecutionShare?>(TaskCreationOptions.RunContinuationsAsynchronously);
            line.Waiting.Enqueue((share, turn));
            cancellationToken.UnsafeRegister((_, token) => turn.TrySetCanceled(token), null);
            return new(turn.Task);
        }
    }

    /// <summary>Gives a place back; whoever waits first gets it.</summary>
    public void Release(string tenant, string subject)
    {
        lock (gate)
        {
            var line = lines[(tenant, subject)];
            line.Running--;
            while (line.Waiting.TryPeek(out var next) && line.Running < next.Share.Limit)
            {
                line.Waiting.Dequeue();
                if (next.Turn.TrySetResult(next.Share)) line.Running++;
            }

            if (line.Running == 0) lines.Remove((tenant, subject));
        }
    }

    private sealed class Line
    {
        public int Running { get; set; }

        public Queue<(ExecutionShare Share, TaskCompletionSource<ExecutionShare?> Turn)> Waiting { get; } = new();
    }
}

/// <summary>
/// A subject's place for one running execution. Belongs to the runner once that is started with it; else whoever took it disposes it.
/// Disposing twice does no harm.
/// </summary>
internal sealed class ExecutionShare(ExecutionShares shares, string tenant, ExecutionAccount account) : IDisposable
{
    private ExecutionShares? shares = shares;

    public int Limit => account.Limit;

    public void Dispose() => Interlocked.Exchange(ref shares, null)?.Release(tenant, account.Subject);
}
