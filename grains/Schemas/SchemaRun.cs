using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Json.Schema;

namespace ToolRuntime.Schemas;

/// <summary>
/// Bounds one validation: schemas may refer to themselves, and <c>anyOf</c> in <c>anyOf</c> grows without end. It is the library's options
/// too, since these are what reaches every keyword.
/// </summary>
internal sealed class SchemaRun : EvaluationOptions
{
    private const int MaxDepth = 256;
    private const int MaxSteps = 250_000;
    private const int CharactersPerStep = 64;

    private int depth;
    private int steps;

    /// <summary>Counts one keyword at one value; what a keyword does grows with the value's size.</summary>
    public void Enter(in EvaluationContext context)
    {
        steps += 1 + context.Instance.ValueKind switch
        {
            JsonValueKind.Array => context.Instance.GetArrayLength(),
            JsonValueKind.Object => context.Instance.GetPropertyCount(),
            JsonValueKind.String => JsonMarshal.GetRawUtf8Value(context.Instance).Length / CharactersPerStep,
            _ => 0,
        };
        if (++depth > MaxDepth || steps > MaxSteps || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new RefusedException(new("takes too many steps to check"));
        }
    }

    public void Leave() => depth--;

    /// <summary>The value is refused, whatever <c>not</c> or <c>anyOf</c> around the place would say.</summary>
    internal sealed class RefusedException(SchemaViolation violation) : Exception
    {
        public SchemaViolation Violation { get; } = violation;
    }
}
