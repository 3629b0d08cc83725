using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
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
    private const int NamesPerStep = 16;

    private static readonly TimeSpan MaxMatching = TimeSpan.FromMilliseconds(500);

    public static SchemaViolation TooManySteps { get; } = new("takes too many steps to check");

    private Dictionary<KeywordData, string?>? words;
    private TimeSpan matching;
    private int depth;
    private long steps;

    /// <summary>Counts one keyword at one value; what a keyword does grows with the value's size.</summary>
    /// <param name="context">Where it is.</param>
    /// <param name="lookups">How many names it looks up in an object, each of which reads all of the object's names.</param>
    public void Enter(in EvaluationContext context, int lookups = 0)
    {
        long size = context.Instance.ValueKind switch
        {
            JsonValueKind.Array => context.Instance.GetArrayLength(),
            JsonValueKind.Object => context.Instance.GetPropertyCount(),
            JsonValueKind.String => JsonMarshal.GetRawUtf8Value(context.Instance).Length / CharactersPerStep,
            _ => 0,
        };
        steps += 1 + size + (lookups * size / NamesPerStep);
        if (++depth > MaxDepth || steps > MaxSteps || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new RefusedException(TooManySteps);
        }
    }

    public void Leave() => depth--;

    /// <summary>One match has its own time-out; many short of it add up.</summary>
    /// <exception cref="RegexMatchTimeoutException">It takes too long, or all of them do.</exception>
    public bool IsMatch(Regex pattern, string text)
    {
        if (matching > MaxMatching) throw new RegexMatchTimeoutException(text, pattern.ToString(), MaxMatching);
        var start = Stopwatch.GetTimestamp();
        var isMatch = pattern.IsMatch(text);
        matching += Stopwatch.GetElapsedTime(start);
        return isMatch;
    }

    /// <summary>What a keyword says of any value: made once, however many values are wrong.</summary>
    public string? Remember(KeywordData keyword, Func<JsonElement, string?> make)
    {
        words ??= [];
        if (!words.TryGetValue(keyword, out var known)) words[keyword] = known = make(keyword.RawValue);
        return known;
    }

    /// <summary>The value is refused, whatever <c>not</c> or <c>anyOf</c> around the place would say.</summary>
    internal sealed class RefusedException(SchemaViolation violation) : Exception
    {
        public SchemaViolation Violation { get; } = violation;
    }
}
