using System.Text;
using System.Text.Json;

namespace ToolRuntime.Search;

/// <summary>The texts and numbers in a JSON value, a line each: what somebody may look for in arguments and results.</summary>
internal static class JsonWords
{
    public static string Of(JsonText json, int most)
    {
        var text = new StringBuilder();
        Append(json.ToElement(), text, most);
        return text.ToString();
    }

    private static void Append(JsonElement value, StringBuilder text, int most)
    {
        if (text.Length >= most) return;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject()) Append(member.Value, text, most);
                return;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray()) Append(item, text, most);
                return;
            case JsonValueKind.String or JsonValueKind.Number:
                if (text.Length > 0) text.Append('\n');
                var words = value.ToString();
                text.Append(words, 0, Math.Min(words.Length, most - text.Length));
                return;
        }
    }
}
