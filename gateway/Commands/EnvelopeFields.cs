using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace ToolRuntime.Gateway.Commands;

/// <summary>What a client's JSON object says in the fields that every command has, and what is wrong with the whole of it.</summary>
/// <param name="Id">Null where it is missing, no string, or not readable.</param>
/// <param name="Type">The same.</param>
/// <param name="Session">The same.</param>
/// <param name="TraceParent">The same.</param>
/// <param name="Flaw">Why the object can't be taken although it is one: half a character, a key that comes twice, too deep nesting. Else null.</param>
internal record struct EnvelopeFields(string? Id, string? Type, string? Session, string? TraceParent, string? Flaw)
{
    /// <summary>How deep a message may be nested.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };
    private static readonly JsonDocumentOptions EachKeyOnce = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>
    /// Reads the text to its end, past what is wrong in it, so that an answer can name the command; null if it is no JSON object. What has no
    /// <see cref="Flaw"/> can be read by every reader of JSON here.
    /// </summary>
    public static EnvelopeFields? Read(ReadOnlyMemory<byte> json)
    {
        if (!Utf8.IsValid(json.Span)) return null;
        var fields = default(EnvelopeFields);
        try
        {
            var reader = new Utf8JsonReader(json.Span, AnyDepth);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read()) fields.Take(ref reader);
        }
        catch (JsonException)
        {
            return null;
        }

        return fields.Flaw is null ? fields with { Flaw = Twice(json) } : fields;
    }

    private void Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= MaxDepth:
                Flaw ??= $"The message is nested more than {MaxDepth} deep.";
                break;
            case JsonTokenType.String or JsonTokenType.PropertyName when HalfCharacter(reader):
                Flaw ??= reader.TokenType == JsonTokenType.String ? "A text holds half a character (a lone surrogate)." : "A key holds half a character (a lone surrogate).";
                break;
            case JsonTokenType.PropertyName when reader.CurrentDepth == 1:
                if (reader.ValueTextEquals("id"u8)) Id = Next(ref reader);
                else if (reader.ValueTextEquals("type"u8)) Type = Next(ref reader);
                else if (reader.ValueTextEquals("session"u8)) Session = Next(ref reader);
                else if (reader.ValueTextEquals("traceparent"u8)) TraceParent = Next(ref reader);
                break;
        }
    }

    private string? Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && !HalfCharacter(reader)) return reader.GetString();
        Take(ref reader);
        return null;
    }

    /// <summary>Whether a string has an escaped surrogate without its other half.</summary>
    private static bool HalfCharacter(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return false;
        var text = reader.ValueSpan;
        for (var i = text.IndexOf((byte)'\\'); i >= 0 && i < text.Length;)
        {
            if (Escaped(text[i..]) is { } first && char.IsSurrogate(first))
            {
                if (Escaped(text[(i + 6)..]) is not { } second || !char.IsSurrogatePair(first, second)) return true;
                i += 12;
            }
            else
            {
                i += 2;
            }

            var next = i < text.Length ? text[i..].IndexOf((byte)'\\') : -1;
            if (next < 0) return false;
            i += next;
        }

        return false;
    }

    /// <summary>The code of the escape <c>\uXXXX</c> that the text begins with, if it does.</summary>
    private static char? Escaped(ReadOnlySpan<byte> text) =>
        text.Length >= 6 && text[0] == '\\' && text[1] == 'u' && ushort.TryParse(text[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) ? (char)code : null;

    /// <summary>Says which key comes twice in one object, if one does: readers differ in which of the two they take.</summary>
    private static string? Twice(ReadOnlyMemory<byte> json)
    {
        try
        {
            JsonDocument.Parse(json, EachKeyOnce).Dispose();
            return null;
        }
        catch (JsonException exception)
        {
            return exception.Message.Split('\'') is [_, var key, ..] ? $"The key '{key}' comes twice in one object." : "A key comes twice in one object.";
        }
    }
}
