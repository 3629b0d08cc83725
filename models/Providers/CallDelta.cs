using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolRuntime.Models.Providers;

/// <summary>What one event says of a call.</summary>
/// <param name="Index">The call's place, where the server gives one.</param>
/// <param name="Id">Its id; null where the event has none.</param>
/// <param name="Name">The tool; null where the event has none.</param>
/// <param name="Arguments">A piece of the arguments' JSON, or all of it.</param>
/// <param name="Whole">Whether <paramref name="Arguments"/> came as JSON instead of text, and so is all of it.</param>
internal readonly record struct CallDelta(int? Index, string? Id, string? Name, string? Arguments, bool Whole = false)
{
    /// <summary>What the server wants back with the call.</summary>
    public JsonNode? Own { get; init; }

    public bool HasArguments => !string.IsNullOrWhiteSpace(Arguments);

    /// <summary>A call whose arguments are <paramref name="member"/> of <paramref name="call"/>: text in pieces, or a value.</summary>
    public static CallDelta Of(int? index, string? id, JsonElement? call, string member)
    {
        var arguments = call.Member(member);
        var text = arguments is null or { ValueKind: JsonValueKind.String };
        return new(index, Filled(id), Filled(call.Text("name")), text ? call.Piece(member) : arguments!.Value.GetRawText(), !text);
    }

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
