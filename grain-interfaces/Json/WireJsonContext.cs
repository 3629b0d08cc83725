using System.Text.Json;
using System.Text.Json.Serialization;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Jobs;
using ToolRuntime.Named;
using ToolRuntime.Views;

namespace ToolRuntime;

/// <summary>The one JSON context of the wire: camelCase, absent instead of null, UTC times, snake-case enums.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowOutOfOrderMetadataProperties = true,
    Converters = [typeof(WireTimeConverter)], MaxDepth = WireJson.MaxDepth)]
[JsonSerializable(typeof(SessionEvent))]
[JsonSerializable(typeof(SessionCommand))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(ExecutionView))]
[JsonSerializable(typeof(MessageView))]
[JsonSerializable(typeof(Rejection))]
[JsonSerializable(typeof(WebhookDelivery))]
[JsonSerializable(typeof(NamedProcessDefinition))]
[JsonSerializable(typeof(NamedProcessView))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class WireJsonContext : JsonSerializerContext;

/// <summary>Settings that writers of wire JSON share.</summary>
public static class WireJson
{
    /// <summary>
    /// How deep JSON may be nested: far more than the 64 of a message, whose arguments lie deeper in events, views and snapshots.
    /// </summary>
    public const int MaxDepth = 256;

    /// <summary>For readers of JSON that is nested as deep as it may be.</summary>
    public static JsonDocumentOptions Deep { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>Text is not escaped beyond what JSON asks; it is never put into HTML unescaped.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
}
