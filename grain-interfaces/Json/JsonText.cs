using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ToolRuntime;

/// <summary>
/// A JSON value kept as its text: tool arguments, results, parameters. It crosses grain calls as a string and is written to the wire as it
/// is. The text must be valid JSON; every producer gets it from a parser or a writer.
/// </summary>
[GenerateSerializer, Immutable, Alias("toolruntime.JsonText")]
[JsonConverter(typeof(JsonTextConverter))]
public readonly record struct JsonText(string Json)
{
    /// <summary>The empty object, <c>{}</c>.</summary>
    public static JsonText EmptyObject { get; } = new("{}");

    /// <summary>The text of a parsed element.</summary>
    public static JsonText From(JsonElement element) => new(element.GetRawText());

    /// <summary>Writes an object's members with <paramref name="write"/>.</summary>
    public static JsonText Object(Action<Utf8JsonWriter> write)
    {
        using var scratch = JsonScratch.Take();
        scratch.Writer.WriteStartObject();
        write(scratch.Writer);
        scratch.Writer.WriteEndObject();
        return new(System.Text.Encoding.UTF8.GetString(scratch.Written));
    }

    /// <summary>Parses the text; the element is detached and needs no disposal.</summary>
    public JsonElement ToElement() => JsonElement.Parse(Json ?? "null", WireJson.Deep);

    /// <inheritdoc />
    public override string ToString() => Json ?? "null";
}

/// <summary>Reads and writes <see cref="JsonText"/> as it is.</summary>
public sealed class JsonTextConverter : JsonConverter<JsonText>
{
    [SuppressMessage("Performance", "CA1869", Justification = "No options are made here.")]
    /// <inheritdoc />
    public override JsonText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new(document.RootElement.GetRawText());
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, JsonText value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Json ?? "null", skipInputValidation: true);
}
