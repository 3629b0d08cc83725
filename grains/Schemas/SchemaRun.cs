namespace ToolRuntime.Schemas;

/// <summary>Bounds one validation: schemas may refer to themselves, and <c>anyOf</c> in <c>anyOf</c> grows without end.</summary>
internal sealed class SchemaRun
{
    private const int MaxDepth = 256;
    private const int MaxSteps = 1_000_000;

    private int depth;
    private int steps;

    public void Enter()
    {
        if (++depth > MaxDepth || ++steps > MaxSteps) throw new TooComplexException();
    }

    public void Leave() => depth--;

    internal sealed class TooComplexException : Exception;
}
