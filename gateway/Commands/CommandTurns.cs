namespace ToolRuntime.Gateway.Commands;

/// <summary>
/// Keeps a connection's commands in their order while something is asked about each that answers later. Used by the connection's reader.
/// </summary>
internal sealed class CommandTurns
{
    private Task last = Task.CompletedTask;

    /// <summary>Whether nobody waits.</summary>
    public bool AllTaken => last.IsCompleted;

    /// <summary>The turn after all that were given out before; it is over when it is disposed of. Disposing twice does no harm.</summary>
    public CommandTurn Next()
    {
        var turn = new CommandTurn(last);
        last = turn.Over;
        return turn;
    }
}

/// <summary>One command's turn.</summary>
internal sealed class CommandTurn(Task before) : IDisposable
{
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it has come.</summary>
    public Task Before => before;

    public Task Over => over.Task;

    public void Dispose() => over.TrySetResult();
}
