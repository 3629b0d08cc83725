using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// Something that waits for the writer: applied inside a transaction, and answered after the commit or the failure of that.
/// </summary>
internal abstract class LogWrite(bool scrubs)
{
    /// <summary>Whether it is only answered once the files hold nothing any more of what was overwritten or removed.</summary>
    public bool Scrubs => scrubs;

    public abstract void Apply(SqliteLogTables tables);

    public abstract void Complete();

    public abstract void Fail(SessionLogUnavailableException e);
}

internal sealed class LogWrite<T>(Func<SqliteLogTables, T> apply, bool scrubs) : LogWrite(scrubs)
{
    // Continuations run elsewhere: the writer's thread has the next group to write.
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long began = SessionLogMetrics.Begin();
    private T? result;

    public Task<T> Task => completion.Task;

    public override void Apply(SqliteLogTables tables) => result = apply(tables);

    public override void Complete()
    {
        SessionLogMetrics.Written(began);
        completion.SetResult(result!);
    }

    public override void Fail(SessionLogUnavailableException e) => completion.SetException(e);
}
