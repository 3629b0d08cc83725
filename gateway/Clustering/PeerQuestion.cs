using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ToolRuntime.Gateway.Connections;

namespace ToolRuntime.Gateway.Clustering;

/// <summary>What one gateway asks all others, and what has been answered.</summary>
/// <param name="Id">Comes back in answers.</param>
/// <param name="AnswerTo">The channel for them.</param>
/// <param name="From">Who asks.</param>
/// <param name="Query">Which connections it is about.</param>
internal sealed record PeerQuestion(string Id, string AnswerTo, string From, ConnectionQuery Query)
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableDictionary<string, OpenConnectionList> lists = ImmutableDictionary<string, OpenConnectionList>.Empty;
    private int expected = int.MaxValue;

    public void Add(OpenConnectionList list)
    {
        lock (gate)
        {
            lists = lists.SetItem(list.Gateway, list);
            if (lists.Count >= expected) answered.TrySetResult();
        }
    }

    /// <summary>Ends when so many have answered.</summary>
    public Task AnsweredAsync(int others)
    {
        lock (gate)
        {
            expected = others;
            if (lists.Count >= expected) answered.TrySetResult();
        }

        return answered.Task;
    }

    /// <summary>What has come, where so many could have answered.</summary>
    public PeerAnswers Answers(int others)
    {
        lock (gate) return new([.. lists.Values], Math.Max(0, others - lists.Count));
    }
}

/// <summary>What one gateway answers.</summary>
internal sealed record PeerAnswer(string Id, OpenConnectionList List);

/// <summary>What all others have said.</summary>
/// <param name="Lists">A list of each that has answered.</param>
/// <param name="Silent">How many have not.</param>
internal sealed record PeerAnswers(IReadOnlyList<OpenConnectionList> Lists, int Silent)
{
    public static PeerAnswers None { get; } = new([], 0);
}

/// <summary>How gateways write to each other.</summary>
[JsonSerializable(typeof(PeerQuestion))]
[JsonSerializable(typeof(PeerAnswer))]
internal sealed partial class PeerJson : JsonSerializerContext;
