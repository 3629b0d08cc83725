namespace ToolRuntime.Sessions;

/// <summary>
/// The last 1,000 answers that have no entry in the log: refusals for good, and input. They live only as long as the activation;
/// a refusal decided anew can only come out otherwise if the session has changed since, and an attempt remembers what was typed into it.
/// </summary>
internal sealed class UnloggedCommands
{
    private readonly Dictionary<string, (string Hash, Rejection? Error)> answers = [];
    private readonly Queue<string> order = new();

    /// <summary>Remembers a refusal, or with null that it was done.</summary>
    public void Add(string key, string hash, Rejection? error)
    {
        answers[key] = (hash, error);
        order.Enqueue(key);
        if (order.Count > SessionState.KeptCommands) answers.Remove(order.Dequeue());
    }

    public void Clear()
    {
        answers.Clear();
        order.Clear();
    }

    public (string Hash, Rejection? Error)? Find(string key) => answers.TryGetValue(key, out var answer) ? answer : null;
}
