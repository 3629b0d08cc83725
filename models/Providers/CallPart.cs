using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolRuntime.Models.Providers;

/// <summary>A call that is being put together.</summary>
internal sealed class CallPart(int? index)
{
    private readonly StringBuilder arguments = new();
    private bool given;

    public int? Index { get; } = index;

    /// <summary>The first id that it came under.</summary>
    public string? Id { get; private set; }

    public string? Name { get; private set; }

    /// <summary>What the server wants back with it.</summary>
    public JsonNode? Own { get; private set; }

    public bool IsEmpty => string.IsNullOrWhiteSpace(arguments.ToString());

    /// <summary>Whether the arguments so far are a JSON object.</summary>
    public bool IsWhole => IsObject(arguments.ToString());

    public void Take(CallDelta delta)
    {
        Id ??= delta.Id;
        Name ??= delta.Name;
        Own = delta.Own ?? Own;
        if (string.IsNullOrEmpty(delta.Arguments) || (given && !delta.HasArguments)) return;
        // What comes whole takes the place of what was there: `{}` before the real ones, or the same once more at the end.
        if (given || delta.Whole || (IsObject(delta.Arguments) && IsWhole)) arguments.Clear();
        given = delta.Whole;
        arguments.Append(delta.Arguments);
    }

    /// <exception cref="JsonException">They are no JSON object.</exception>
    public Dictionary<string, object?> Read()
    {
        using var document = JsonDocument.Parse(HalfCharacters.MendJson(arguments.ToString()));
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("An object is expected.");
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject()) members[member.Name] = member.Value.Clone();
        return members;
    }

    private static bool IsObject(string json)
    {
        var text = json.AsSpan().Trim();
        if (text.Length < 2 || text[0] != '{' || text[^1] != '}') return false;
        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = JsonReading.MaxDepth });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
