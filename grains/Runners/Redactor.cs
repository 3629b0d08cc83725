using System.Buffers;
using System.Collections;
using System.Text;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners;

/// <summary>
/// What must not leave the process: known values, and shapes of well-known tokens. Finding is one vectorised search for their first bytes.
/// </summary>
internal sealed class Redactor : IRedactor
{
    /// <summary>A shorter value would be found in innocent text.</summary>
    public const int MinLength = 8;

    /// <summary>So much of the beginning of a known value may be seen at a terminal, half of the shortest.</summary>
    private const int HarmlessBytes = MinLength / 2;

    private readonly byte[][]?[] literals = new byte[256][][];
    private readonly TokenPattern[]?[] patterns = new TokenPattern[256][];

    public Redactor(IEnumerable<string> secrets, IReadOnlyList<TokenPattern> patterns)
    {
        var values = secrets.Where(secret => secret.Length >= MinLength).Distinct().Select(Encoding.UTF8.GetBytes);
        // The longest first: where one secret begins another, the whole has to go.
        foreach (var group in values.GroupBy(value => value[0])) literals[group.Key] = [.. group.OrderByDescending(value => value.Length)];
        foreach (var group in patterns.GroupBy(pattern => pattern.Prefix[0])) this.patterns[group.Key] = [.. group];
        Starts = SearchValues.Create(
            [.. Enumerable.Range(0, 256).Where(b => literals[b] is not null || this.patterns[b] is not null).Select(b => (byte)b)]);
    }

    /// <summary>
    /// The values of our own environment that are named, or look like secrets by their name, those that were registered, and the common
    /// shapes.
    /// </summary>
    public static Redactor FromEnvironment(RunnerOptions options, IEnumerable<SecretValues> registered) => FromEnvironment(options, registered, []);

    /// <summary>The same, and further shapes.</summary>
    public static Redactor FromEnvironment(RunnerOptions options, IEnumerable<SecretValues> registered, IEnumerable<TokenPattern> further) =>
        new([.. Values(options.Secrets), .. registered.SelectMany(secrets => secrets.Values)], [.. TokenPattern.Common, .. further]);

    public static ReadOnlySpan<byte> Replacement => "[redacted]"u8;

    /// <summary>The bytes that a secret may begin with.</summary>
    public SearchValues<byte> Starts { get; }

    /// <summary>The text without secrets; the same instance where there are none.</summary>
    public string Redact(string text)
    {
        if (text.Length < MinLength) return text;

        var bytes = Encoding.UTF8.GetBytes(text);
        var result = new RedactedStream(this).Process(bytes, last: true);
        return result.SequenceEqual(bytes) ? text : Encoding.UTF8.GetString(result);
    }

    public ToolError Redact(ToolError error) => error with { Message = Redact(error.Message) };

    /// <summary>Whether a secret begins at the start of <paramref name="text"/>, or may begin there and go on in what comes next.</summary>
    /// <param name="text">From one of <see cref="Starts"/> on.</param>
    /// <param name="before">The byte before it, 0 at the start.</param>
    /// <param name="last">Nothing comes after it, so a beginning is none.</param>
    public RedactionMatch Match(ReadOnlySpan<byte> text, byte before, bool last)
    {
        foreach (var literal in literals[text[0]] ?? [])
        {
            if (text.StartsWith(literal)) return new(literal.Length, null);
            if (!last && literal.AsSpan().StartsWith(text)) return RedactionMatch.Partial(HarmlessBytes);
        }

        var inWord = char.IsAsciiLetterOrDigit((char)before) || before == '_';
        foreach (var pattern in patterns[text[0]] ?? [])
        {
            if (inWord && !pattern.InWord) continue;
            if (!text.StartsWith(pattern.Prefix))
            {
                if (!last && pattern.Prefix.AsSpan().StartsWith(text)) return RedactionMatch.Partial(pattern.Prefix.Length);
                continue;
            }

            var body = text[pattern.Prefix.Length..];
            var length = body.IndexOfAnyExcept(pattern.Alphabet);
            if ((length < 0 ? body.Length : length) >= pattern.MinBody)
            {
                return new(pattern.Prefix.Length + pattern.MinBody, pattern.Alphabet);
            }

            if (!last && length < 0) return RedactionMatch.Partial(pattern.Prefix.Length);
        }

        return default;
    }

    private static IEnumerable<string> Values(IEnumerable<string> names)
    {
        var named = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable is { Key: string name, Value: string value } && (named.Contains(name) || SecretValues.IsSecretName(name)))
            {
                yield return value;
            }
        }
    }
}

/// <summary>
/// Nothing (length 0), a secret of that many bytes that goes on over <paramref name="Rest"/>, or perhaps the beginning of one (length -1).
/// </summary>
/// <param name="Length">See above.</param>
/// <param name="Rest">See above.</param>
/// <param name="Harmless">Of what may be a beginning: how many bytes tell nothing.</param>
internal readonly record struct RedactionMatch(int Length, SearchValues<byte>? Rest, int Harmless = 0)
{
    public static RedactionMatch Partial(int harmless) => new(-1, null, harmless);
}
