using System.Text.Json;
using ToolRuntime.Schemas.Rules;

namespace ToolRuntime.Schemas;

/// <summary>One schema or subschema: all its rules must hold. Nodes form a graph, since <c>$ref</c> may lead back.</summary>
internal sealed class SchemaNode
{
    /// <summary>Set once, when the schema has been compiled.</summary>
    public SchemaRule[] Rules { get; set; } = [];

    /// <summary>Null if the value fits.</summary>
    public SchemaViolation? Check(JsonElement value, SchemaRun run)
    {
        run.Enter();
        SchemaViolation? violation = null;
        for (var i = 0; violation is null && i < Rules.Length; i++) violation = Rules[i].Check(value, run);
        run.Leave();
        return violation;
    }

    public bool Fits(JsonElement value, SchemaRun run) => Check(value, run) is null;
}
