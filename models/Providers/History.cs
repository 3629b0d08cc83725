using System.Text;

namespace ToolRuntime.Models.Providers;

/// <summary>
/// Bounds a conversation by tokens, estimated at three bytes each. Thinking of earlier turns goes first, then tool results and calls'
/// arguments are shortened, the oldest first; then the oldest turns go, then the oldest rounds of
/// the turn under way. The last user's message and the system's stay. Calls and results go together.
/// </summary>
internal static class History
{
    private const int BytesPerToken = 3;
    private const int TokensPerPart = 8;

    /// <summary>What is left of a result or of arguments, in characters, first and then if that is not enough.</summary>
    private static readonly int[] Shorter = [4_000, 200];

    public static IReadOnlyList<WireMessage> Fit(List<WireMessage> conversation, int maxTokens, IReadOnlyList<WireTool> tools)
    {
        var budget = maxTokens - tools.Sum(t => TokensPerPart + Tokens(t.Name) + Tokens(t.Description) + Tokens(t.Schema.GetRawText()));
        var excess = conversation.Sum(Tokens) - budget;
        if (excess <= 0) return conversation;
        var messages = new List<WireMessage>(conversation);
        ForgetThinking(messages, ref excess);
        foreach (var length in Shorter)
        {
            Shorten(messages, c => c with { Result = ShortText.Of(c.Result, length) }, ref excess);
            Shorten(messages, c => c with { Arguments = ShortText.Of(c.Arguments, length) }, ref excess);
        }

        DropTurns(messages, ref excess);
        DropRounds(messages, ref excess);
        return messages;
    }

    public static int Tokens(WireMessage message) =>
        TokensPerPart + (message.OwnLength / BytesPerToken) + Tokens(message.Text)
        + message.Calls.Sum(c => (2 * TokensPerPart) + Tokens(c.Name) + Tokens(c.Arguments.GetRawText()) + Tokens(c.Result));

    private static int Tokens(string text) => (Encoding.UTF8.GetByteCount(text) + BytesPerToken - 1) / BytesPerToken;

    /// <summary>Thinking of earlier turns, which providers can do without.</summary>
    private static void ForgetThinking(List<WireMessage> messages, ref int excess)
    {
        var turn = messages.FindLastIndex(m => m.Role == WireRole.User);
        for (var i = 0; i < turn && excess > 0; i++)
        {
            if (messages[i].Own is null) continue;
            excess -= messages[i].OwnLength / BytesPerToken;
            messages[i] = messages[i] with { Own = null, OwnLength = 0 };
        }
    }

    private static void Shorten(List<WireMessage> messages, Func<WireCall, WireCall> shorten, ref int excess)
    {
        for (var i = 0; i < messages.Count && excess > 0; i++)
        {
            if (messages[i].Calls.Count == 0) continue;
            var shorter = messages[i] with { Calls = [.. messages[i].Calls.Select(shorten)] };
            excess -= Tokens(messages[i]) - Tokens(shorter);
            messages[i] = shorter;
        }
    }

    private static void DropTurns(List<WireMessage> messages, ref int excess)
    {
        while (excess > 0)
        {
            var first = messages.FindIndex(m => m.Role != WireRole.System);
            var next = first < 0 ? -1 : messages.FindIndex(first + 1, m => m.Role == WireRole.User);
            if (next < 0) return;
            excess -= messages.GetRange(first, next - first).Sum(m => m.Role == WireRole.System ? 0 : Tokens(m));
            for (var i = next - 1; i >= first; i--)
            {
                if (messages[i].Role != WireRole.System) messages.RemoveAt(i);
            }
        }
    }

    private static void DropRounds(List<WireMessage> messages, ref int excess)
    {
        while (excess > 0)
        {
            var oldest = messages.FindIndex(m => m.Role == WireRole.Assistant);
            if (oldest < 0 || oldest == messages.Count - 1) return;
            excess -= Tokens(messages[oldest]);
            messages.RemoveAt(oldest);
        }
    }
}
