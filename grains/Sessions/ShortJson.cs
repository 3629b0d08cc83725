using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ToolRuntime.Sessions;

/// <summary>
/// Arguments, results and details as a view shows them: of about 4 KB at most. By the value alone, not by how it is written, so that the client's
/// fold gives the same (the rule is in <c>docs/protocol.md</c>).
/// </summary>
internal static class ShortJson
{
    /// <summary>What a value may take in a view.</summary>
    public const int Room = 4_096;

    private const int LeastShare = 256;
    private const int LeastPart = 16;
    private const int NumberCost = 8;
    private const int LiteralCost = 4;
    private const string Ellipsis = "…";
    private const int EllipsisBytes = 3;

    /// <summary>What views show of values that were looked at before: they are made often of the same state.</summary>
    private static readonly ConditionalWeakTable<string, string> Shown = [];

    /// <summary>The value as a view shows it; the same text where that is all of it.</summary>
    public static JsonText Of(JsonText whole)
    {
        if (whole.Json is not { Length: > Room / NumberCost } json) return whole;
        if (Shown.TryGetValue(json, out var known)) return new(known);
        var shown = Fit(json, Room);
        Shown.AddOrUpdate(json, shown);
        return new(shown);
    }

    /// <summary>The value in less room.</summary>
    public static JsonText Of(JsonText whole, int room) => whole.Json is { } json && json.Length > room / NumberCost ? new(Fit(json, room)) : whole;

    /// <summary>The beginning of a text, whole characters of at most so many bytes.</summary>
    public static string Of(string text, int bytes)
    {
        if (text.Length <= bytes / EllipsisBytes || Encoding.UTF8.GetByteCount(text) <= bytes) return text;
        var (units, left) = (0, bytes - EllipsisBytes);
        foreach (var rune in text.EnumerateRunes())
        {
            if ((left -= rune.Utf8SequenceLength) < 0) break;
            units += rune.Utf16SequenceLength;
        }

        return string.Concat(text.AsSpan(0, units), Ellipsis);
    }

    private static string Fit(string json, int room)
    {
        using var document = JsonDocument.Parse(json.AsMemory(), WireJson.Deep);
        if (Cost(document.RootElement) <= room) return json;
        using var scratch = JsonScratch.Take();
        Write(scratch.Writer, document.RootElement, room);
        return Encoding.UTF8.GetString(scratch.Written);
    }

    private static int Cost(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => TextCost(value),
        JsonValueKind.Number => NumberCost,
        JsonValueKind.Array => 2 + value.EnumerateArray().Sum(item => Cost(item) + 1),
        JsonValueKind.Object => 2 + value.EnumerateObject().Sum(Cost),
        _ => LiteralCost,
    };

    private static int Cost(JsonProperty member) => NameCost(member.Name) + Cost(member.Value) + 2;

    private static int NameCost(string name) => Encoding.UTF8.GetByteCount(name) + 2;

    private static int TextCost(JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text);
        return raw.Contains((byte)'\\') ? Encoding.UTF8.GetByteCount(Text(text)) + 2 : raw.Length;
    }

    private static string Text(JsonElement text) => HalfCharacters.Mend(HalfCharacters.Read(text)!);

    /// <summary>Writes what is left of a value that costs more than its room.</summary>
    private static void Write(Utf8JsonWriter writer, JsonElement value, int room)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                writer.WriteStringValue(Of(Text(value), room - 2));
                break;
            case JsonValueKind.Array:
                WriteItems(writer, value, room - 2);
                break;
            case JsonValueKind.Object:
                WriteMembers(writer, value, room - 2);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>The first items.</summary>
    private static void WriteItems(Utf8JsonWriter writer, JsonElement array, int left)
    {
        var behind = array.GetArrayLength();
        writer.WriteStartArray();
        foreach (var item in array.EnumerateArray())
        {
            var (cost, share) = (Cost(item) + 1, Share(left, behind--));
            if (cost > share && share < LeastPart) break;
            if (cost <= share) item.WriteTo(writer);
            else Write(writer, item, share - 1);
            left -= Math.Min(cost, share);
        }

        writer.WriteEndArray();
    }

    /// <summary>The small members whole, the large ones shortened alike; in their order.</summary>
    private static void WriteMembers(Utf8JsonWriter writer, JsonElement whole, int left)
    {
        var members = whole.EnumerateObject().Select(member => (Member: member, Cost: Cost(member))).ToArray();
        var rooms = new Dictionary<string, int>(members.Length, StringComparer.Ordinal);
        var behind = members.Length;
        foreach (var (member, cost) in members.OrderBy(m => m.Cost).ThenBy(m => m.Member.Name, StringComparer.Ordinal))
        {
            var share = Share(left, behind--);
            var room = Math.Min(cost, share) - NameCost(member.Name) - 2;
            if (cost > share && room < LeastPart) continue;
            rooms[member.Name] = room;
            left -= Math.Min(cost, share);
        }

        writer.WriteStartObject();
        foreach (var (member, cost) in members)
        {
            if (!rooms.TryGetValue(member.Name, out var room)) continue;
            writer.WritePropertyName(member.Name);
            if (cost <= room + NameCost(member.Name) + 2) member.Value.WriteTo(writer);
            else Write(writer, member.Value, room);
        }

        writer.WriteEndObject();
    }

    private static int Share(int left, int behind) => Math.Min(left, Math.Max(LeastShare, left / behind));
}
