using System.Runtime.InteropServices;
using System.Text.Json;
using Json.Schema;

namespace ToolRuntime.Schemas.Keywords;

/// <summary>What a failed keyword says to a person or a model; the library's words leave out what would fit.</summary>
internal static class KeywordWords
{
    /// <summary>Null if what is inside the keyword says it better.</summary>
    public static string? Of(KeywordData keyword, EvaluationContext context, KeywordEvaluation result)
    {
        var wanted = keyword.RawValue;
        return keyword.Handler.Name switch
        {
            "required" => Missing(wanted, context.Instance) is { } name ? $"must have the property '{name}'" : null,
            "dependentRequired" or "dependencies" => Dependent(wanted, context.Instance),
            "propertyNames" => NameOf(result),
            "contains" => Contains(result, context, wanted),
            "oneOf" when wanted.GetArrayLength() > 1 =>
                $"must fit exactly one of several schemas and fits {Fitting(result)}",
            var name => ((SchemaRun)context.Options).Remember(keyword, value => OfAny(name, value)),
        };
    }

    private static string? OfAny(string keyword, JsonElement wanted) => keyword switch
    {
        "type" => $"must be {(wanted.ValueKind == JsonValueKind.Array ? string.Join(" or ", wanted.EnumerateArray()) : wanted.GetString())}",
        "enum" => $"must be one of {string.Join(", ", wanted.EnumerateArray().Select(option => option.GetRawText()))}",
        "const" => $"must be {wanted.GetRawText()}",
        "minimum" => $"must be {wanted} or more",
        "maximum" => $"must be {wanted} or less",
        "exclusiveMinimum" => $"must be above {wanted}",
        "exclusiveMaximum" => $"must be below {wanted}",
        "multipleOf" => $"must be a multiple of {wanted}",
        "minLength" => $"must have {wanted} or more characters",
        "maxLength" => $"must have {wanted} or fewer characters",
        "pattern" => $"must match {wanted}",
        "minItems" => $"must have {wanted} or more items",
        "maxItems" => $"must have {wanted} or fewer items",
        "uniqueItems" => "must have no item twice",
        "minProperties" => $"must have {wanted} or more properties",
        "maxProperties" => $"must have {wanted} or fewer properties",
        "not" => "must not fit the schema in 'not'",
        "anyOf" when wanted.GetArrayLength() > 1 => "must fit one of several schemas and fits none",
        _ => null,
    };

    private static int Fitting(KeywordEvaluation result) => result.Details?.Count(detail => detail.IsValid) ?? 0;

    private static string? Missing(JsonElement names, JsonElement value) =>
        names.EnumerateArray().Select(name => name.GetString()!).FirstOrDefault(name => !value.TryGetProperty(name, out _));

    private static string? Dependent(JsonElement wanted, JsonElement value)
    {
        foreach (var member in wanted.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Array || !value.TryGetProperty(member.Name, out _)) continue;
            if (Missing(member.Value, value) is { } name) return $"must have the property '{name}', since it has '{member.Name}'";
        }

        return null;
    }

    private static string? NameOf(KeywordEvaluation result) =>
        result.Details?.FirstOrDefault(detail => !detail.IsValid) is { InstanceLocation: { SegmentCount: > 0 } place } wrong
            ? $"has the property '{place[place.SegmentCount - 1].ToString()}', whose name {Violations.First(wrong)?.Reason ?? "is not allowed"}"
            : null;

    private static string Contains(KeywordEvaluation result, EvaluationContext context, JsonElement wanted)
    {
        var text = JsonMarshal.GetRawUtf8Value(wanted).Length <= 100 ? wanted.GetRawText() : "the schema in 'contains'";
        var (fitting, all) = (Fitting(result), context.Instance.GetArrayLength());
        return fitting == 0
            ? $"must contain an item that fits {text} and has 0 of {all}"
            : $"must contain more or fewer items that fit {text}: {fitting} of {all} do";
    }
}
