using System.Text.Json;
using ToolRuntime.Tools.Sandboxes;

namespace ToolRuntime.Tools.Files;

/// <summary>What a tool has changed in a file, for its result: <c>diff</c>, with <c>diffTruncated</c> where it is not whole, or <c>diffOmitted</c>, why there is none.</summary>
internal sealed record FileDiff(string? Text, bool Truncated, string? Omitted)
{
    // A longer text takes too long to compare.
    private const int MaxCompared = 1024 * 1024;

    private const string Binary = "binary";
    private const string TooLarge = "too_large";

    /// <summary>Between two texts.</summary>
    public static FileDiff Between(string path, string before, string after)
    {
        if (before.Length > MaxCompared || after.Length > MaxCompared) return new(null, false, TooLarge);
        var (text, truncated) = LineDiff.Between(path, before, after);
        return new(text, truncated, null);
    }

    /// <summary>
    /// How to tell the change of a file that is about to be replaced; null if there is none yet. It never fails: that a file can't be compared says nothing
    /// of whether it can be written.
    /// </summary>
    public static async Task<Func<string, FileDiff>?> BeginAsync(ISandbox sandbox, IToolContext context, string path, CancellationToken cancellationToken)
    {
        try
        {
            var before = await sandbox.ReadAsync(context, path, MaxCompared, (file, token) => TextFile.ReadAsync(file, path, token), cancellationToken);
            return after => Between(path, before.Text, after);
        }
        catch (FileToolException exception) when (exception.Error.Code is "not_text" or "too_large")
        {
            return _ => new(null, false, exception.Error.Code == "too_large" ? TooLarge : Binary);
        }
        catch (Exception exception) when (exception is FileToolException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes the members.</summary>
    public void Write(Utf8JsonWriter json)
    {
        if (Text is { } text) json.WriteString("diff", text);
        if (Truncated) json.WriteBoolean("diffTruncated", true);
        if (Omitted is { } why) json.WriteString("diffOmitted", why);
    }
}
