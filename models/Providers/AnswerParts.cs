using System.Text;
using System.Text.Json.Nodes;

namespace ToolRuntime.Models.Providers;

/// <summary>
/// The order of an answer's texts and calls, and what only its provider understands: whole parts of its own, and members of texts and
/// calls.
/// </summary>
internal sealed class AnswerParts
{
    private readonly List<Part> parts = [];

    /// <summary>Takes text; a text with a member is a part of its own.</summary>
    public void Text(string text, string? member = null, string? value = null)
    {
        if (member is null && parts is [.., { Kind: PartKind.Text, Own: null } last]) last.Length += text.Length;
        else if (text.Length > 0 || member is not null) parts.Add(new(PartKind.Text, Members(member, value)) { Length = text.Length });
    }

    public void Call(string? member = null, string? value = null) => parts.Add(new(PartKind.Call, Members(member, value)));

    /// <summary>A part that is the provider's own; what is added to it later counts.</summary>
    public void Own(JsonObject part) => parts.Add(new(PartKind.Own, part));

    /// <summary>As it is kept; null if there is nothing that another prompt needs.</summary>
    public JsonObject? Save() =>
        parts.TrueForAll(part => part.Own is null)
            ? null
            : new() { ["parts"] = new JsonArray([.. parts.Select(part => (JsonNode)part.Save())]) };

    /// <summary>An answer's texts, calls and own parts in their order; what was kept may no longer fit it.</summary>
    public static IEnumerable<PlacedPart> Place(WireMessage message)
    {
        var at = 0;
        var call = 0;
        foreach (var part in message.Own?["parts"] as JsonArray ?? [])
        {
            var own = part!["own"] as JsonObject;
            switch ((PartKind)part["kind"]!.GetValue<int>())
            {
                case PartKind.Text:
                    var length = Math.Min(part["length"]!.GetValue<int>(), message.Text.Length - at);
                    var text = message.Text.Substring(at, length);
                    if (own is not null || !string.IsNullOrWhiteSpace(text)) yield return new(text, null, own);
                    at += length;
                    break;
                case PartKind.Call:
                    if (call < message.Calls.Count) yield return new(null, message.Calls[call++], own);
                    break;
                default:
                    yield return new(null, null, own);
                    break;
            }
        }

        if (!string.IsNullOrWhiteSpace(message.Text[at..])) yield return new(message.Text[at..], null, null);
        foreach (var rest in message.Calls.Skip(call)) yield return new(null, rest, null);
    }

    private static JsonObject? Members(string? member, string? value) => member is null ? null : new() { [member] = value };

    private enum PartKind
    {
        Text,
        Call,
        Own,
    }

    private sealed record Part(PartKind Kind, JsonObject? Own)
    {
        public int Length { get; set; }

        public JsonObject Save() => new() { ["kind"] = (int)Kind, ["length"] = Length, ["own"] = Own?.DeepClone() };
    }
}

/// <summary>A text, a call, or neither, with what the provider wants of it.</summary>
internal readonly record struct PlacedPart(string? Text, WireCall? Call, JsonObject? Own);

/// <summary>A text that comes in pieces, which may be halves of characters.</summary>
internal sealed class Pieces
{
    private readonly StringBuilder text = new();

    public bool Any => text.Length > 0;

    public void Add(string? piece) => text.Append(piece);

    public override string ToString() => HalfCharacters.Mend(text.ToString());
}
