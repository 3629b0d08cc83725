using System.Collections.Immutable;
using Orleans.Streams;
using ToolRuntime.Events;
using ToolRuntime.SessionLog;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>
/// Tells those who follow many sessions how this one stands: soon after what matters to them, seldom while only output flows, never in an append's way. One send in flight.
/// </summary>
internal sealed class SessionNewsLine
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(2);

    private readonly IAsyncStream<SessionNews> stream;
    private readonly Func<SessionNews> read;
    private readonly Func<Task> committed;
    private readonly IGrainTimer timer;
    private ImmutableHashSet<string> former = [];
    private Due due;
    private Task sending = Task.CompletedTask;

    public SessionNewsLine(SessionGrain grain, SessionKey session, Func<SessionNews> read, Func<Task> committed)
    {
        (this.read, this.committed) = (read, committed);
        stream = grain.GetStreamProvider(SessionStreams.Provider).GetStream<SessionNews>(StreamId.Create(SessionNews.Namespace, session.Tenant));
        timer = grain.RegisterGrainTimer(_ => FireAsync(), new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
    }

    private enum Due
    {
        Nothing,
        Later,
        Soon,
    }

    /// <summary>What is made of a state.</summary>
    public static SessionNews Of(SessionKey session, string owner, SessionState state, DateTimeOffset at) =>
        new(session.Session, owner, state.Members, state.Head, at, state.Title, WorkOf(state));

    /// <summary>Something is about to be committed.</summary>
    public void Note(SessionTurn turn)
    {
        if (turn.Entries.Count == 0) return;
        if (!turn.Before.Members.SequenceEqual(turn.State.Members)) former = former.Union(turn.Before.Members).Except(turn.State.Members);
        Expect(turn.Entries.Any(entry => Matters(entry.Event)) ? Due.Soon : Due.Later);
    }

    /// <summary>It is to be told how the session stands, whatever has happened.</summary>
    public void Tell() => Expect(Due.Soon);

    /// <summary>Tells at once what is due.</summary>
    public Task FlushAsync() => due == Due.Nothing ? sending : FireAsync();

    /// <summary>Tells, after everything else, that the session is gone.</summary>
    public async Task EndAsync(SessionNews last)
    {
        Stop();
        await sending;
        await SendAsync(last with { Deleted = true });
    }

    public void Stop() => timer.Dispose();

    private static bool Matters(SessionEvent happened) =>
        happened is not (ToolOutput or ToolProgressed or ToolWaiting or ToolResized or ToolTaken or ToolTurned or MessageDelta or MessageReasoning or BatchProgressed);

    private void Expect(Due wanted)
    {
        if (wanted <= due) return;
        due = wanted;
        timer.Change(wanted == Due.Soon ? Soon : Later, Timeout.InfiniteTimeSpan);
    }

    private async Task FireAsync()
    {
        due = Due.Nothing;
        await sending;
        var news = read() with { Former = [.. former.Order(StringComparer.Ordinal)] };
        former = [];
        sending = SendCommittedAsync(news);
        await sending;
    }

    private async Task SendCommittedAsync(SessionNews news)
    {
        try
        {
            await committed();
        }
        catch (SessionLogUnavailableException)
        {
            return; // The next activation tells what there is.
        }

        await SendAsync(news);
    }

    private async Task SendAsync(SessionNews news)
    {
        try
        {
            await stream.OnNextAsync(news);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // As with every live stream: gateways ask the store after a gap.
        }
    }

    private static SessionWork WorkOf(SessionState state)
    {
        var open = state.OpenBatches.Select(id => state.Batches[id]).ToList();
        var (running, waiting, pending) = (open.Sum(batch => batch.Counts.Executing), open.Sum(batch => batch.Counts.AwaitingApproval), open.Sum(batch => batch.Counts.Pending + batch.Counts.Backoff));
        var named = open.SelectMany(batch => batch.Executions).Select(id => state.Executions[id]).Where(execution => !execution.IsFinal)
            .OrderByDescending(execution => execution.Status is ExecutionStatus.Executing or ExecutionStatus.AwaitingApproval)
            .Take(SessionWork.MaxExecutions).Select(execution => new OpenExecution(execution.Id, execution.Name, execution.Status));
        var stands = SessionLabels.Of(state).Activity switch
        {
            SessionActivity.Running => open.Count > 0 ? SessionWorkState.ToolsRunning : SessionWorkState.Replying,
            SessionActivity.Waiting => SessionWorkState.WaitingForApproval,
            SessionActivity.Paused => SessionWorkState.Paused,
            SessionActivity.Failed => SessionWorkState.Failed,
            _ => SessionWorkState.Idle,
        };
        return new(stands, running, waiting, pending, [.. named]);
    }
}
