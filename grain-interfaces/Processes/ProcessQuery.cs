using System.Collections.Immutable;

namespace ToolRuntime.Processes;

/// <summary>Which processes somebody wants to know of.</summary>
/// <param name="Tenant">The tenant whose tools' processes these are.</param>
/// <param name="Host">All of the silos' hosts too, of whatever tenant.</param>
/// <param name="Since">What the asker knows of each silo, by the silo's id: its sample; only what has changed since is told.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ProcessQuery")]
public sealed record ProcessQuery(string Tenant, bool Host, ImmutableDictionary<string, long> Since)
{
    /// <summary>Who knows nothing yet.</summary>
    public static ProcessQuery From(string tenant, bool host) => new(tenant, host, ImmutableDictionary<string, long>.Empty);
}

/// <summary>One process of one silo's host.</summary>
/// <param name="Silo">The silo's id.</param>
/// <param name="Pid">Its process id.</param>
/// <param name="Start">When it started, as <see cref="ProcessInfo.Start"/>.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ProcessId")]
public readonly record struct ProcessId(string Silo, int Pid, long Start)
{
    /// <summary><c>silo-pid-start</c>, as clients have it.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Silo}-{Pid}-{Start}");

    /// <summary>Reads what <see cref="ToString"/> writes; null for anything else.</summary>
    public static ProcessId? Parse(string? text)
    {
        const System.Globalization.NumberStyles Digits = System.Globalization.NumberStyles.None;
        return text?.Split('-') is [{ Length: > 0 and <= 16 } silo, var pid, var start] && silo.All(char.IsAsciiHexDigitLower)
            && int.TryParse(pid, Digits, null, out var number) && long.TryParse(start, Digits, null, out var at)
            ? new(silo, number, at)
            : null;
    }
}

/// <summary>What one silo tells of the processes on its host.</summary>
/// <param name="Silo">The silo's id.</param>
/// <param name="Host">Its host's name.</param>
/// <param name="Sample">The number of the sample that this is.</param>
/// <param name="Full">Whether it is all there is, and not what has changed.</param>
/// <param name="Processes">Those that are there, or that have changed.</param>
/// <param name="Gone">Those that are not there any more, as far as the asker may have known them.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.SiloProcesses")]
public sealed record SiloProcesses(string Silo, string Host, long Sample, bool Full, ImmutableArray<ProcessInfo> Processes, ImmutableArray<ProcessId> Gone);

/// <summary>What all silos tell.</summary>
/// <param name="Silos">Those that have answered.</param>
/// <param name="Silent">How many have not.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ProcessAnswers")]
public sealed record ProcessAnswers(ImmutableArray<SiloProcesses> Silos, int Silent);
