using System.Text;
using ToolRuntime.Commands;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Projections;

/// <summary>One entry of the conversation that a client sends along.</summary>
/// <param name="Role">Whose it is.</param>
/// <param name="Text">What was said.</param>
internal sealed record ConversationEntry(string Role, string Text);

/// <summary>
/// Makes one message of the conversation that a client sends along: what users said last is its text. A session that was named knows the rest;
/// a model in a new one is told of it before the conversation.
/// </summary>
internal static class Conversation
{
    private static string TooLong =>
        $"System texts and earlier messages may take {ModelSettings.MaxSystem} characters together. "
        + $"Name a session ({StockSession.Header}) and send only what is new.";

    public static SessionReply<SendMessage> Of(IReadOnlyList<ConversationEntry> entries, bool isNew, string param)
    {
        var told = entries.Where(entry => IsSystem(entry.Role)).Select(entry => entry.Text).Where(text => text.Length > 0).ToList();
        var said = entries.Where(entry => !IsSystem(entry.Role)).ToList();
        var first = said.FindLastIndex(entry => entry.Role != "user") + 1;
        var text = string.Join("\n\n", said.Skip(first).Select(entry => entry.Text));
        if (string.IsNullOrWhiteSpace(text)) return new(null, OpenAIError.Refuse(param, "The last message must be a user's and have a text."));
        if (isNew && first > 0) told.Add(Transcript(said.Take(first)));
        var system = string.Join("\n\n", told);
        return system.Length > ModelSettings.MaxSystem
            ? new(null, OpenAIError.Refuse(param, TooLong, ErrorCode.TooLarge))
            : new(new(text, System: system.Length == 0 ? null : system), null);
    }

    private static bool IsSystem(string role) => role is "system" or "developer";

    private static string Transcript(IEnumerable<ConversationEntry> earlier)
    {
        var transcript = new StringBuilder("The conversation so far:");
        foreach (var (role, text) in earlier.Where(entry => entry.Text.Length > 0)) transcript.Append("\n\n").Append(role).Append(": ").Append(text);
        return transcript.ToString();
    }
}
