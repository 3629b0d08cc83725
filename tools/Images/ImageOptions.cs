using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Images;

/// <summary>Who makes the pictures of <c>generate_image</c>; section <c>ToolRuntime:Images</c>. Without a key it fails with <c>provider_not_configured</c>.</summary>
public sealed class ImageOptions
{
    /// <summary><c>openai</c> or <c>gemini</c>. Default: the first of them that has a key.</summary>
    [RegularExpression("openai|gemini", ErrorMessage = "ToolRuntime:Images:Provider is neither openai nor gemini.")]
    public string? Provider { get; set; }

    /// <summary>Our key at OpenAI; default that of the models, <c>OPENAI_API_KEY</c>.</summary>
    public string? OpenAIApiKey { get; set; }

    /// <summary>OpenAI's address with the version in its path, or a compatible server's; default that of the models, <c>OPENAI_BASE_URL</c>, else https://api.openai.com/v1.</summary>
    public Uri OpenAIUrl { get; set; } = new("https://api.openai.com/v1");

    /// <summary>OpenAI's model. Default <c>gpt-image-1</c>.</summary>
    [Required, StringLength(128)]
    public string OpenAIModel { get; set; } = "gpt-image-1";

    /// <summary>Pictures on the way that OpenAI is asked for, each of which costs a little. 0 to 3, default 2; 0 also for servers that can't stream.</summary>
    [Range(0, 3)]
    public int PartialImages { get; set; } = 2;

    /// <summary>Our key for Gemini; default that of the models, <c>GEMINI_API_KEY</c>.</summary>
    public string? GeminiApiKey { get; set; }

    /// <summary>Gemini's address with the version in its path; default that of the models, <c>GEMINI_BASE_URL</c>, else https://generativelanguage.googleapis.com/v1beta.</summary>
    public Uri GeminiUrl { get; set; } = new("https://generativelanguage.googleapis.com/v1beta");

    /// <summary>Gemini's model. Default <c>gemini-2.5-flash-image</c>.</summary>
    [Required, RegularExpression("[A-Za-z0-9._-]{1,128}", ErrorMessage = "ToolRuntime:Images:GeminiModel has characters that are not taken.")]
    public string GeminiModel { get; set; } = "gemini-2.5-flash-image";

    /// <summary>How long a provider may take, its answer read. 10 ms to 235 s, default 225 s: uploading has the rest of 240 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:03:55")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(225);

    /// <summary>The longest answer of a provider that is read, bytes, all pictures on the way included. 1 KB to 256 MB, default 64 MB.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 64 * 1024 * 1024;
}
