namespace ToolRuntime.Sessions;

/// <summary>
/// The last 1,000 commands that were refused for good. A refusal has no event, so it lives only as long as the activation;
/// decided anew it can only come out otherwise if the session has changed since.
/// </summary>
internal sealed class RefusedCommands
{
    private readonly Dictionary<string, (string Hash, Rejection Error)> refusals = [];
    private readonly Queue<string> order = new();

    public void Add(string key, string hash, Rejection error)
    {
        refusals[key] = (hash, error);
        order.Enqueue(key);
        if (order.Count > SessionState.KeptCommands) refusals.Remove(order.Dequeue());
    }

    public (string Hash, Rejection Error)? Find(string key) => refusals.TryGetValue(key, out var refusal) ? refusal : null;
}
