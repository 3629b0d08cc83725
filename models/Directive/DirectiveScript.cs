using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Models.Directive;

/// <summary>A line <c>/tool {arguments}</c> or <c>/tool plain words</c>; <paramref name="Fault"/> says where its JSON can't be read, and why.</summary>
internal sealed record DirectiveCall(string Tool, JsonElement? Arguments, string? Fault);

/// <summary>
/// The calls in a user's message. Arguments may be left out (<c>{}</c>), may be JSON, which may go on over further lines until it is whole,
/// or plain words (<see cref="PlainArguments"/>).
/// </summary>
internal sealed record DirectiveScript(IReadOnlyList<DirectiveCall> Calls)
{
    public static DirectiveScript Parse(string text, IEnumerable<AITool> tools)
    {
        var schemas = tools.OfType<AIFunctionDeclaration>().GroupBy(tool => tool.Name).ToDictionary(group => group.Key, group => group.First().JsonSchema);
        var calls = new List<DirectiveCall>();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd();
            var slash = line.Length - line.TrimStart().Length;
            if (line.Length < slash + 2 || line[slash] != '/' || !char.IsAsciiLetterOrDigit(line[slash + 1])) continue;
            var end = line.IndexOfAny([' ', '\t', '{'], slash);
            var tool = end < 0 ? line[(slash + 1)..] : line[(slash + 1)..end];
            if (!EntityId.IsValid(tool)) continue;
            var rest = end < 0 ? "" : line[end..].TrimStart();
            var isPlain = rest.Length > 0 && rest[0] != '{';
            calls.Add(isPlain ? new(tool, PlainArguments.Read(schemas.TryGetValue(tool, out var schema) ? schema : default, rest), null) : Read(tool, rest, lines, ref i));
        }

        return new(calls);
    }

    private static DirectiveCall Read(string tool, string json, string[] lines, ref int line)
    {
        if (json.Length == 0) return new(tool, JsonText.EmptyObject.ToElement(), null);
        var (first, next) = (line, line);
        var column = lines[line].IndexOf(json, StringComparison.Ordinal);
        while (true)
        {
            try
            {
                using var document = JsonDocument.Parse(json);
                line = next;
                return new(tool, document.RootElement.Clone(), null);
            }
            catch (JsonException exception)
            {
                if (++next >= lines.Length || lines[next].StartsWith('/')) return new(tool, null, Place(exception, json, first, Math.Max(0, column)));
                json += "\n" + lines[next];
            }
        }
    }

    /// <summary>Where in the message it is wrong, in words.</summary>
    private static string Place(JsonException exception, string json, int first, int column)
    {
        var reason = exception.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');
        if (reason.Contains("depth to be zero", StringComparison.Ordinal) || reason.Contains("end of data", StringComparison.Ordinal)) reason = "it ends before it is whole; a closing \" or } is missing";
        var line = (int)(exception.LineNumber ?? 0);
        var text = Encoding.UTF8.GetBytes(json.Split('\n')[line]);
        var characters = Encoding.UTF8.GetCharCount(text, 0, (int)Math.Min(exception.BytePositionInLine ?? 0, text.Length));
        return $"in line {first + line + 1}, at character {characters + 1 + (line == 0 ? column : 0)}: {reason}. Plain words do as well, such as /shell ls -la";
    }
}
