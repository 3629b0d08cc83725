using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace ToolRuntime.Runners.Policies;

/// <summary>
/// One text for all ways to write a JSON value, as RFC 8785 has it: members in the order of their names, no white space, one way to escape.
/// Unlike there a number keeps all its digits (<c>12.50</c> is <c>125e-1</c>), so that no two different ones become one.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>SHA-256 of the canonical text, in hexadecimal digits.</summary>
    public static string Hash(JsonElement value)
    {
        using var scratch = JsonScratch.Take();
        Write(value, scratch.Writer);
        return Convert.ToHexStringLower(SHA256.HashData(scratch.Written));
    }

    /// <summary>The number without what does not change its value.</summary>
    internal static string Number(string text)
    {
        var e = text.IndexOfAny(['e', 'E']);
        if (!long.TryParse(e < 0 ? "0" : text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent))
        {
            return text;
        }

        var digits = e < 0 ? text : text[..e];
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0) (digits, exponent) = (digits.Remove(point, 1), exponent - (digits.Length - point - 1));
        var sign = digits[0] == '-' ? "-" : "";
        digits = digits.TrimStart('-').TrimStart('0');
        if (digits.Length == 0) return "0";

        var significant = digits.TrimEnd('0');
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{significant}e{exponent + digits.Length - significant.Length}");
    }

    private static void Write(JsonElement value, Utf8JsonWriter json)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    json.WritePropertyName(member.Name);
                    Write(member.Value, json);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(item, json);
                json.WriteEndArray();
                break;
            case JsonValueKind.Number:
                json.WriteRawValue(Number(value.GetRawText()));
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
