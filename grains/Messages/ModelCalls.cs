using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Messages;

/// <summary>The calls of a model's answer as a batch takes them.</summary>
internal static class ModelCalls
{
    /// <summary>The calls in the model's order, under ids of their own. Of an answer that was cut off none runs: what is missing of them nobody knows.</summary>
    public static ImmutableArray<ModelCall> Of(List<FunctionCallContent> calls, ChatFinishReason? finish)
    {
        var ids = CallIds.Distinct([.. calls.Select(c => c.CallId)], EntityId.IsValid);
        var cut = CutOff(finish);
        return [.. calls.Select((call, i) => Of(call, ids[i], cut))];
    }

    private static ToolError? CutOff(ChatFinishReason? finish)
    {
        if (finish == ChatFinishReason.Length) return new(ToolErrorCodes.CutOff, "It did not run: the model's answer was cut off at its maximal length (length).");
        return finish == ChatFinishReason.ContentFilter
            ? new(ToolErrorCodes.CutOff, "It did not run: the model's answer was cut off by the provider's filter (content_filter).")
            : null;
    }

    private static ModelCall Of(FunctionCallContent call, string id, ToolError? cut)
    {
        if (call.Exception is not { } unreadable) return new(id, call.Name, Arguments(call.Arguments), cut);
        return new(id, call.Name, JsonText.EmptyObject, cut ?? new(ToolErrorCodes.InvalidArguments, $"The arguments are no JSON object: {unreadable.Message}"));
    }

    private static JsonText Arguments(IDictionary<string, object?>? arguments) => arguments is null ? JsonText.EmptyObject : JsonText.Object(writer =>
    {
        foreach (var (name, value) in arguments)
        {
            writer.WritePropertyName(name);
            if (value is JsonElement element) element.WriteTo(writer);
            else writer.WriteRawValue(JsonSerializer.SerializeToUtf8Bytes(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value?.GetType() ?? typeof(object))), true);
        }
    });
}
