using System.Text.Json;

namespace ToolRuntime.Gateway.Projections;

/// <summary>Reads an object of a request, field by field; the first one that is wrong is kept. What is null counts as absent.</summary>
internal sealed class RequestFields(JsonElement body, RequestFields? of = null, string path = "")
{
    /// <summary>What is wrong, if anything.</summary>
    public Rejection? Problem { get; private set; }

    public string? Text(string name) => Read(name, JsonValueKind.String, "a text") is { } value ? value.GetString() : null;

    public bool? Flag(string name) => Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : Refuse<bool?>(name, $"{name} must be true or false.");

    public int? Whole(string name) =>
        Read(name, JsonValueKind.Number, "a number") is not { } value ? null
        : value.TryGetInt32(out var number) ? number
        : Refuse<int?>(name, $"{name} must be a whole number.");

    public double? Number(string name) => Read(name, JsonValueKind.Number, "a number")?.GetDouble();

    public JsonElement? Object(string name) => Read(name, JsonValueKind.Object, "an object");

    /// <summary>The fields of a field that is an object; what is wrong in them is wrong here.</summary>
    public RequestFields? Fields(string name) => Object(name) is { } value ? new(value, this, $"{name}.") : null;

    public JsonElement? Array(string name) => Read(name, JsonValueKind.Array, "an array");

    /// <summary>Whatever it is.</summary>
    public JsonElement? Find(string name) => body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Refuses what would change the answer and can't be done.</summary>
    public void Without(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) if (Find(name) is not null) Refuse<bool>(name, $"{name} is not supported.");
    }

    /// <summary>Notes what is wrong, unless something is already.</summary>
    public T? Refuse<T>(string param, string message, ErrorCode code = ErrorCode.InvalidCommand)
    {
        if (of is not null) of.Refuse<bool>(path + param, path + message, code);
        else Problem ??= OpenAIError.Refuse(param, message, code);
        return default;
    }

    private JsonElement? Read(string name, JsonValueKind kind, string what) =>
        Find(name) is not { } value ? null : value.ValueKind == kind ? value : Refuse<JsonElement?>(name, $"{name} must be {what}.");
}
