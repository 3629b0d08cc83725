using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Messages;

/// <summary>The calls of a model's answer as a batch takes them.</summary>
internal static class ModelCalls
{
    /// <summary>
    /// The calls in the model's order, under ids of their own. Of an answer that was cut off none runs: what is missing of them
    /// nobody knows.
    /// </summary>
    public static ImmutableArray<ModelCall> Of(List<FunctionCallContent> calls, ChatFinishReason? finish)
    {
        var ids = CallIds.Distinct([.. calls.Select(c => c.CallId)], EntityId.IsValid);
        var cut = CutOff(finish);
        return [.. calls.Select((call, i) => Of(call, ids[i], cut))];
    }

    private static ToolError? CutOff(ChatFinishReason? finish)
    {
        var why = finish == ChatFinishReason.Length ? "at its maximal length (length)"
            : finish == ChatFinishReason.ContentFilter ? "by the provider's filter (content_filter)"
            : null;
        return why is null ? null : new(ToolErrorCodes.CutOff, $"It did not run: the model's answer was cut off {why}.");
    }

    private static ModelCall Of(FunctionCallContent call, string id, ToolError? cut)
    {
        if (call.Exception is not { } unreadable) return new(id, call.Name, Arguments(call.Arguments), cut);
        var fault = cut ?? new(ToolErrorCodes.InvalidArguments, $"The arguments are no JSON object: {unreadable.Message}");
        return new(id, call.Name, JsonText.EmptyObject, fault);
    }

    private static JsonText Arguments(IDictionary<string, object?>? arguments) => JsonText.Object(writer =>
    {
        foreach (var (name, value) in arguments ?? new Dictionary<string, object?>())
        {
            writer.WritePropertyName(name);
            if (value is JsonElement element) element.WriteTo(writer);
            else writer.WriteRawValue(Json(value), skipInputValidation: true);
        }
    });

    private static byte[] Json(object? value) =>
        JsonSerializer.SerializeToUtf8Bytes(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value?.GetType() ?? typeof(object)));
}
