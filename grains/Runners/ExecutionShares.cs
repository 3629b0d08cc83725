using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using ToolRuntime.Jobs;
using ToolRuntime.Limiting;
using ToolRuntime.Runners.Policies;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Runners;

/// <summary>
/// On whose account something runs, and how many executions that subject may have running at a time; 0 means no limit.
/// </summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionAccount")]
internal sealed record ExecutionAccount(string Subject, int Limit);

/// <summary>
/// Counts each subject's running executions, of all silos together; those beyond the subject's limit wait, by priority and age, and hold up nobody
/// else. Where it can't be told how many run, they wait too.
/// </summary>
internal sealed class ExecutionShares(IUseLimits uses, TimeProvider time, IOptions<RunnerOptions>? options = null)
{
    private readonly TimeSpan aging = (options?.Value ?? new()).PriorityAging;

    /// <summary>After this it is asked again whether there is room: silos do not tell each other.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Line> lines = new(StringComparer.Ordinal);

    /// <summary>Those of this process alone.</summary>
    public ExecutionShares()
        : this(new MemoryUseLimits(), TimeProvider.System)
    {
    }

    /// <summary>Has <see cref="IsFull"/> know what runs elsewhere.</summary>
    /// <exception cref="SessionLogUnavailableException">It can't be told just now.</exception>
    public ValueTask LookAsync(string tenant, string subject, int limit) => uses.LookAsync(Name(tenant, subject), limit);

    /// <summary>Whether the subject has as many running as it may.</summary>
    public bool IsFull(string tenant, string subject, int limit) => limit > 0 && uses.Count(Name(tenant, subject)) >= limit;

    /// <summary>Takes a place for one execution as soon as there is one; null where none is needed.</summary>
    public ValueTask<ExecutionShare?> TakeAsync(string tenant, ExecutionAccount? account, JobPriority priority = JobPriority.Default, CancellationToken cancellationToken = default)
    {
        if (account is not { Limit: > 0 }) return default;
        var name = Name(tenant, account.Subject);
        Place place;
        Line line;
        bool serve;
        lock (gate)
        {
            // Nobody waits: there is room or not, and that is known at once.
            if (!uses.Shared && !lines.ContainsKey(name) && uses.AddAsync(name, 1, account.Limit).AsTask() is { IsCompletedSuccessfully: true, Result: > 0 }) return new(new ExecutionShare(this, name));
            place = new(new(this, name), account.Limit);
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(lines, name, out _);
            line = known ??= new(aging);
            line.Waiting.Add(place, priority, time.GetUtcNow());
            serve = !line.Served;
            line.Served = true;
        }

        if (serve) _ = ServeAsync(name, line);
        if (!place.Turn.Task.IsCompleted) cancellationToken.UnsafeRegister((_, token) => place.Turn.TrySetCanceled(token), null);
        return new(place.Turn.Task);
    }

    /// <summary>Gives a place back; whoever waits first gets it.</summary>
    public void Release(string name)
    {
        uses.Remove(name, 1);
        lock (gate) lines.GetValueOrDefault(name)?.Freed.TrySetResult();
    }

    private static string Name(string tenant, string subject) => $"subject/{tenant}/{subject}/executions";

    /// <summary>Serves those who wait for as long as there are any. What is in memory is done when this returns.</summary>
    private async Task ServeAsync(string name, Line line)
    {
        while (true)
        {
            int wanted, limit;
            Task freed;
            lock (gate)
            {
                while (line.Waiting.First() is { Turn.Task.IsCompleted: true }) line.Waiting.Take();
                if (line.Waiting.First() is not { } first)
                {
                    lines.Remove(name);
                    return;
                }

                limit = first.Limit;
                wanted = line.Waiting.All.TakeWhile(place => place.Limit == limit).Count();
                line.Freed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                freed = line.Freed.Task;
            }

            var granted = await AskAsync(name, wanted, limit).ConfigureAwait(false);
            if (Give(name, line, granted)) return;
            if (granted == wanted) continue;
            if (uses.Shared) await Task.WhenAny(freed, Task.Delay(Again, time)).ConfigureAwait(false);
            else await freed.ConfigureAwait(false);
        }
    }

    private async ValueTask<int> AskAsync(string name, int wanted, int limit)
    {
        try
        {
            return await uses.AddAsync(name, wanted, limit).ConfigureAwait(false);
        }
        catch (SessionLogUnavailableException)
        {
            return 0; // told where it failed; asked again soon
        }
    }

    /// <summary>Gives places to the first in the line; true if nobody waits any more.</summary>
    private bool Give(string name, Line line, int granted)
    {
        var next = new List<Place>();
        bool done;
        lock (gate)
        {
            while (next.Count < granted && line.Waiting.Take() is { } place) next.Add(place);
            done = line.Waiting.Count == 0;
            if (done) lines.Remove(name);
        }

        var unwanted = granted - next.Count(place => place.Turn.TrySetResult(place.Share));
        if (unwanted > 0) uses.Remove(name, unwanted);
        return done;
    }

    private sealed record Place(ExecutionShare Share, int Limit)
    {
        public TaskCompletionSource<ExecutionShare?> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Line(TimeSpan aging)
    {
        /// <summary>Whether somebody serves it.</summary>
        public bool Served { get; set; }

        public WaitingLine<Place> Waiting { get; } = new(aging);

        /// <summary>Completed when a place was given back since the line was last looked at.</summary>
        public TaskCompletionSource Freed { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>
/// A subject's place for one running execution. Belongs to the runner once that is started with it; else whoever took it disposes it.
/// Disposing twice does no harm.
/// </summary>
internal sealed class ExecutionShare(ExecutionShares shares, string name) : IDisposable
{
    private ExecutionShares? shares = shares;

    public void Dispose() => Interlocked.Exchange(ref shares, null)?.Release(name);
}
