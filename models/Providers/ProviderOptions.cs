using System.ComponentModel.DataAnnotations;
using ToolRuntime.Commands;

namespace ToolRuntime.Models.Providers;

/// <summary>
/// A provider; sections <c>ToolRuntime:Models:OpenAI</c>, <c>:Anthropic</c> and <c>:Gemini</c>, else the environment
/// (<c>OPENAI_API_KEY</c>, <c>OPENAI_BASE_URL</c> and the like).
/// </summary>
public sealed class ProviderOptions
{
    /// <summary>The key. Without one, and without a <see cref="BaseUrl"/>, the provider's models are not offered.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// A compatible server, with the version in its path if the provider's own address has it (<c>http://host/v1</c> for OpenAI);
    /// default: the provider's own.
    /// </summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>The model id behind the provider's plain name (<c>openai</c>); the default is in the README.</summary>
    [StringLength(128, MinimumLength = 1)]
    public string? Model { get; set; }

    /// <summary>
    /// Longest answer, in tokens; 16 to 1,000,000; default: the provider's own, 8,192 for Anthropic, which wants a number.
    /// </summary>
    [Range(16, 1_000_000)]
    public int? MaxOutputTokens { get; set; }

    /// <summary>
    /// What models are told before a conversation, where neither message nor session say; at most 65,536 characters, default nothing.
    /// </summary>
    [StringLength(ModelSettings.MaxSystem)]
    public string? System { get; set; }

    /// <summary>Temperature where neither message nor session say; 0 to 2, default the provider's own.</summary>
    [Range(0.0, 2.0)]
    public double? Temperature { get; set; }

    /// <summary>
    /// How much models may think where neither message nor session say: <c>none</c>, <c>low</c>, <c>medium</c>, <c>high</c>; default
    /// the provider's own.
    /// </summary>
    public Effort? Reasoning { get; set; }

    /// <summary>Most of a conversation that is sent, in tokens by our estimate; 1,000 to 2,000,000, default 100,000.</summary>
    [Range(1_000, 2_000_000)]
    public int HistoryTokens { get; set; } = 100_000;

    /// <summary>
    /// Longest answer, in bytes of its texts and calls' arguments; 1,000 to 1,000,000,000, default 8 MB. A longer one is ended with
    /// what has come.
    /// </summary>
    [Range(1_000, 1_000_000_000)]
    public int MaxAnswerBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Longest silence of the server, before its answer and in it, comments not counted; 1 s to 1 h, default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Longest time spent waiting before further attempts when the server limits rates or is overloaded; 0 to 10 min, default 60 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan MaxRetryWait { get; set; } = TimeSpan.FromSeconds(60);

    internal bool IsUsable => !string.IsNullOrWhiteSpace(ApiKey) || BaseUrl is not null;
}
