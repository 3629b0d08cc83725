using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Doors;

/// <summary>Every command of the contract's fixtures, broken at every place where it holds a text.</summary>
internal static class BrokenCommands
{
    private static readonly string[] Halves = [@"\ud800", @"a\udc00", @"\ud83dx", @"\ud83d\ud83d", @"\ude00\ud83d", @"\\\uD83D"];

    /// <summary>The commands, each once more with a trace and fields that the server does not know.</summary>
    public static IEnumerable<JsonElement> All() => Directory.GetFiles(Folder(), "*.json").Order(StringComparer.Ordinal)
        .SelectMany(file => JsonElement.Parse(File.ReadAllText(file)).EnumerateArray())
        .SelectMany(command => (JsonElement[])[command, JsonElement.Parse(command.GetRawText().TrimEnd()[..^1] + ""","traceparent":"00-1-1-00","x":{"y":["z",{"q":"r"}]}}""")])
        .Where(command => command.GetRawText().Split("\"traceparent\"").Length < 3);

    /// <summary>How many texts a command has, keys included.</summary>
    public static int Texts(JsonElement command)
    {
        var count = 0;
        Write(command, -1, "", ref count);
        return count;
    }

    /// <summary>The command with half a character in its text at a place, and whether its id can still be read.</summary>
    public static (string Json, bool IdReadable) Break(JsonElement command, int place)
    {
        var at = 0;
        var json = Write(command, place, Halves[place % Halves.Length], ref at);
        var key = command.EnumerateObject().TakeWhile(member => member.Name != "id").Sum(member => 1 + (member.Value.ValueKind == JsonValueKind.String ? 1 : 0));
        return (json, place != key && place != key + 1);
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var fixtures = Path.Combine(folder.FullName, "tests", "fixtures", "commands");
            if (Directory.Exists(fixtures)) return fixtures;
        }

        throw new DirectoryNotFoundException("tests/fixtures/commands");
    }

    private static string Write(JsonElement value, int place, string half, ref int at)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new List<string>();
                foreach (var member in value.EnumerateObject())
                {
                    var key = Text(member.Name, place, half, ref at);
                    members.Add($"{key}:{Write(member.Value, place, half, ref at)}");
                }

                return $"{{{string.Join(',', members)}}}";
            case JsonValueKind.Array:
                var elements = new List<string>();
                foreach (var element in value.EnumerateArray()) elements.Add(Write(element, place, half, ref at));
                return $"[{string.Join(',', elements)}]";
            case JsonValueKind.String:
                return Text(value.GetString()!, place, half, ref at);
            default:
                return value.GetRawText();
        }
    }

    private static string Text(string text, int place, string half, ref int at)
    {
        var encoded = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text);
        return at++ == place ? $"\"{encoded}{half}\"" : $"\"{encoded}\"";
    }

    /// <summary>The same with the code units of halves as bytes, which is no UTF-8.</summary>
    public static byte[] Raw(string json)
    {
        using var bytes = new MemoryStream();
        var parts = json.Split(@"\ud800");
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0) bytes.Write([0xED, 0xA0, 0x80]);
            bytes.Write(Encoding.UTF8.GetBytes(parts[i]));
        }

        return bytes.ToArray();
    }
}
