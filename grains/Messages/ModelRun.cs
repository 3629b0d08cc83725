using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Messages;

/// <summary>Where a model's run reports: the session, then the reply's grain, which goes on from there.</summary>
internal sealed record ModelSink(ISessionJournal Journal, IMessageGrain Grain, SessionKey Session, string MessageId, int Round, int Attempt)
{
    /// <summary>Reports; false if the run is not the reply's current one any more.</summary>
    public async Task<bool> ReportAsync(MessageTrigger trigger, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                var reply = await Journal.ReportMessageAsync(MessageId, trigger);
                if (reply.State is not { } state) return false;
                if (trigger.Kind is not (MessageTriggerKind.Delta or MessageTriggerKind.Reasoning)) await Grain.WakeAsync(state, recovered: false);
                return state.Status == Events.MessageStatus.Active && state.Round == Round && state.Attempt == Attempt;
            }
            catch (Exception exception) when ((failures < 6 || SessionLogUnavailableException.In(exception) is not null) && !cancellationToken.IsCancellationRequested)
            {
                // A store may be away for long; nobody else knows what the model has said.
                await Task.Delay(TimeSpan.FromMilliseconds(100 << Math.Min(failures, 5)), time, cancellationToken);
            }
        }
    }
}

/// <summary>One call of a model under way.</summary>
internal sealed class ModelRun(int round, int attempt) : IDisposable
{
    private readonly CancellationTokenSource stop = new();

    public int Round { get; } = round;

    public int Attempt { get; } = attempt;

    public CancellationToken Stopping => stop.Token;

    public Task StopAsync() => stop.CancelAsync();

    public void Dispose() => stop.Dispose();
}
