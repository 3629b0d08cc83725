using System.Runtime.InteropServices;
using System.Text.Json;

namespace ToolRuntime.Schemas;

/// <summary>
/// JSON can write half a character (<c>"\ud800"</c>), which no .NET string may hold; a parsed document only fails when such a string
/// is read.
/// </summary>
internal static class UnicodeCheck
{
    public static bool IsValid(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).IndexOf("\\u"u8) < 0 || CanRead(value);

    private static bool CanRead(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString() is not null,
                JsonValueKind.Array => value.EnumerateArray().All(CanRead),
                JsonValueKind.Object => value.EnumerateObject().All(member => member.Name is not null && CanRead(member.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
