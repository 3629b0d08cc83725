using System.Text.RegularExpressions;

namespace ToolRuntime.Tools.Boundaries;

/// <summary>How turns at a program are seen that says nothing of them by itself. Expressions run in linear time.</summary>
internal sealed class BoundaryRule
{
    /// <summary>An expression sees no more of a line.</summary>
    public const int MaxLine = 400;

    private readonly Regex? program, prompt, continuation, busy, done;

    public BoundaryRule(BoundaryRuleFile file)
    {
        Name = file.Name;
        Alone = file.Alone;
        Learns = file.Learns;
        Quiet = TimeSpan.FromMilliseconds(file.QuietMs);
        (program, prompt, continuation, busy, done) = (Of(file.Program), Of(file.Prompt), Of(file.Continuation), Of(file.Busy), Of(file.Done));
    }

    public string Name { get; }

    /// <summary>Whether the prompt is so much the program's own that a line which begins with it is one, however fast it was typed.</summary>
    public bool Alone { get; }

    /// <summary>Whether what a program waits behind is a prompt too, whatever it looks like, once it has come again.</summary>
    public bool Learns { get; }

    /// <summary>How long nothing is printed behind a prompt.</summary>
    public TimeSpan Quiet { get; }

    /// <summary>Whether it is for a program of that name.</summary>
    public bool Fits(string name) => program?.IsMatch(name) ?? false;

    /// <summary>How long the prompt is that the line begins with; null: none.</summary>
    public int? Prompt(ReadOnlySpan<char> line) => Length(prompt, line);

    public int? Continuation(ReadOnlySpan<char> line) => Length(continuation, line);

    /// <summary>Whether the line says that the program is at work.</summary>
    public bool IsBusy(ReadOnlySpan<char> line) => busy?.IsMatch(Cut(line)) ?? false;

    /// <summary>Whether the line is the last of an answer.</summary>
    public bool IsDone(ReadOnlySpan<char> line) => done?.IsMatch(Cut(line)) ?? false;

    private static int? Length(Regex? expression, ReadOnlySpan<char> line)
    {
        if (expression is null) return null;
        foreach (var match in expression.EnumerateMatches(Cut(line))) return match.Index == 0 ? match.Length : null;
        return null;
    }

    private static ReadOnlySpan<char> Cut(ReadOnlySpan<char> line) => line.Length > MaxLine ? line[..MaxLine] : line;

    private static Regex? Of(string? expression) =>
        expression is null ? null : new(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}

/// <summary>A rule as its file has it.</summary>
/// <param name="Name">What turns seen by it have as their source.</param>
/// <param name="Program">For programs of which names; without, for those that no other rule is for.</param>
/// <param name="Prompt">What a line begins with that something may be typed into.</param>
/// <param name="Continuation">What a further line of the same question begins with.</param>
/// <param name="Busy">What is on the last line while it is at work.</param>
/// <param name="Done">What is on a line that ends an answer.</param>
/// <param name="Alone">See <see cref="BoundaryRule.Alone"/>.</param>
/// <param name="Learns">See <see cref="BoundaryRule.Learns"/>.</param>
/// <param name="QuietMs">Milliseconds without output behind a prompt, 20 to 5,000.</param>
internal sealed record BoundaryRuleFile(
    string Name, string? Program, string Prompt, string? Continuation = null, string? Busy = null, string? Done = null, bool Alone = false, bool Learns = false, int QuietMs = 80);
