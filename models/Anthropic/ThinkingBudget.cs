using System.Text.Json.Nodes;
using ToolRuntime.Commands;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.Anthropic;

/// <summary>How many tokens a model may think.</summary>
internal static class ThinkingBudget
{
    /// <summary>The least that Anthropic takes.</summary>
    private const int Least = 1_024;

    /// <summary>
    /// Null where a model must not think: nobody asks for it, its answer has no room, or the turn that goes on was begun without.
    /// </summary>
    public static int? Of(WirePrompt prompt)
    {
        int? budget = prompt.Effort switch { Effort.Low => 2_048, Effort.Medium => 8_192, Effort.High => 24_576, _ => null };
        if (budget is null || prompt.Turn.Any(message => message.Calls.Count > 0 && !BeginsWithThinking(message))) return null;
        if (prompt.Settings.MaxOutputTokens is { } max) budget = Math.Min(budget.Value, max / 2);
        return budget < Least ? null : budget;
    }

    private static bool BeginsWithThinking(WireMessage message) =>
        AnswerParts.Place(message).FirstOrDefault() is { Text: null, Call: null, Own: JsonObject own }
            && own["type"]?.ToString() is "thinking" or "redacted_thinking";
}
