using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Gateway.Sharing;

/// <summary>Links to replays, for people without a key; section <c>ToolRuntime:Shares</c>.</summary>
public sealed class ShareOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:Shares";

    /// <summary>Whether links may be made, and those that there are lead anywhere. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long a link lasts that says nothing else, hours. Default 168, a week.</summary>
    [Range(1, 8_760)]
    public int DefaultHours { get; set; } = 168;

    /// <summary>How long one may last at most, hours. Default 720, thirty days.</summary>
    [Range(1, 8_760)]
    public int MaxHours { get; set; } = 720;

    /// <summary>Links that a session may have at a time. Default 50.</summary>
    [Range(1, 1_000)]
    public int PerSession { get; set; } = 50;

    /// <summary>How often what a link leads to may be asked for, by all who have it, a second. Default 10.</summary>
    [Range(1, 1_000)]
    public int OpensPerSecond { get; set; } = 10;

    /// <summary>Of those, how many at once. Default 50.</summary>
    [Range(1, 10_000)]
    public int OpenBurst { get; set; } = 50;

    /// <summary>Live views of one link at a time. Default 100.</summary>
    [Range(1, 10_000)]
    public int Viewers { get; set; } = 100;

    /// <summary>How often this gateway looks up tokens that turn out to be none, a second; beyond that nobody's are looked up for a moment. Default 20.</summary>
    [Range(1, 10_000)]
    public int UnknownPerSecond { get; set; } = 20;

    /// <summary>Values that are taken out of what is shared, besides those that never get into a log. Those of fewer than 8 characters are left alone.</summary>
    public IList<string> Secrets { get; } = [];

    /// <summary>Shapes of secrets of one's own.</summary>
    public IList<SecretShape> Shapes { get; } = [];
}

/// <summary>A shape of secret: a beginning, at the start of a word, and what follows it.</summary>
public sealed class SecretShape
{
    /// <summary>How it begins, in ASCII, such as <c>acme_</c>.</summary>
    [Required, RegularExpression("[!-~ ]{2,64}")]
    public string? Prefix { get; set; }

    /// <summary>Letters, digits and the characters given here may follow. Default <c>_-</c>.</summary>
    [RegularExpression("[!-~]{0,64}")]
    public string Characters { get; set; } = "_-";

    /// <summary>How many of them at least. Default 16.</summary>
    [Range(4, 512)]
    public int MinLength { get; set; } = 16;
}
