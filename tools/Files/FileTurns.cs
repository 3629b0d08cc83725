namespace ToolRuntime.Tools.Files;

/// <summary>
/// Lets those who change the same file follow each other within this process. Two files may share a turn, which only costs time.
/// </summary>
internal sealed class FileTurns
{
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Dispose of what it returns to end the turn.</summary>
    public async Task<IDisposable> TakeAsync(string path, CancellationToken cancellationToken)
    {
        var turn = turns[(uint)path.GetHashCode(StringComparison.Ordinal) % turns.Length];
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    private sealed class Turn(SemaphoreSlim held) : IDisposable
    {
        public void Dispose() => held.Release();
    }
}
