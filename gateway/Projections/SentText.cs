using System.Text;
using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections;

/// <summary>
/// A reply's text for a reader who can't take back what he has: when a model is asked again for a round, what it writes anew has to begin with what was sent of it.
/// </summary>
internal sealed class SentText
{
    private readonly StringBuilder sent = new();
    private int round;
    private int at;

    /// <summary>Whether it does not: what was sent is not how the reply goes.</summary>
    public bool Diverged { get; private set; }

    public void Begin(MessageStarted started)
    {
        if (started.Round != round) sent.Clear();
        (round, at) = (started.Round, 0);
    }

    /// <summary>What is new in a delta; often all of it.</summary>
    public string Take(MessageDelta delta)
    {
        var known = Math.Min(delta.Text.Length, sent.Length - at);
        if (known > 0 && !delta.Text.AsSpan(0, known).SequenceEqual(sent.ToString(at, known))) Diverged = true;
        at += delta.Text.Length;
        var more = delta.Text[known..];
        sent.Append(more);
        return more;
    }
}
