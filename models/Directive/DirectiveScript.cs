using System.Text.Json;

namespace ToolRuntime.Models.Directive;

/// <summary>A line <c>/tool {arguments}</c>; <paramref name="Fault"/> says why its arguments could not be read.</summary>
internal sealed record DirectiveCall(string Tool, JsonElement? Arguments, string? Fault);

/// <summary>The calls in a user's message. Arguments may be left out (<c>{}</c>) and may go on over further lines until their JSON is whole.</summary>
internal sealed record DirectiveScript(IReadOnlyList<DirectiveCall> Calls)
{
    public static DirectiveScript Parse(string text)
    {
        var calls = new List<DirectiveCall>();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length < 2 || line[0] != '/' || !char.IsAsciiLetterOrDigit(line[1])) continue;
            var space = line.IndexOfAny([' ', '\t', '{']);
            var tool = space < 0 ? line[1..] : line[1..space].Trim();
            var json = space < 0 ? "" : line[space..].Trim();
            if (!EntityId.IsValid(tool)) continue;
            calls.Add(Read(tool, json, lines, ref i));
        }

        return new(calls);
    }

    private static DirectiveCall Read(string tool, string json, string[] lines, ref int line)
    {
        if (json.Length == 0) return new(tool, JsonText.EmptyObject.ToElement(), null);
        var next = line;
        while (true)
        {
            try
            {
                using var document = JsonDocument.Parse(json);
                line = next;
                return document.RootElement.ValueKind == JsonValueKind.Object
                    ? new(tool, document.RootElement.Clone(), null)
                    : new(tool, null, "an object is expected");
            }
            catch (JsonException exception)
            {
                if (++next >= lines.Length || lines[next].StartsWith('/')) return new(tool, null, exception.Message);
                json += "\n" + lines[next];
            }
        }
    }
}
