using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;

namespace ToolRuntime.Gateway.Security;

/// <summary>A key as configured, checked.</summary>
internal sealed record AccessKey(string Hash, byte[] HashBytes, Identity Identity, DateTimeOffset? ExpiresAt)
{
    /// <summary>Whether who was let in by the earlier key of that name would be let in as the same by this one.</summary>
    public bool Continues(AccessKey earlier) => Hash == earlier.Hash && Identity.IsSameAs(earlier.Identity);
}

/// <summary>All keys at one time. Immutable.</summary>
internal sealed class KeyTable
{
    private static readonly byte[] NobodysHash = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    private readonly FrozenDictionary<string, AccessKey> keys;
    private readonly FrozenDictionary<string, AccessKey>.AlternateLookup<ReadOnlySpan<char>> byId;

    private readonly FrozenDictionary<string, TokenIssuer> issuers;

    private KeyTable(Dictionary<string, AccessKey> keys, Dictionary<string, TokenIssuer> issuers)
    {
        this.keys = keys.ToFrozenDictionary(StringComparer.Ordinal);
        this.issuers = issuers.ToFrozenDictionary(StringComparer.Ordinal);
        byId = this.keys.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => keys.Count;

    public bool HasNoIssuers => issuers.Count == 0;

    /// <summary>Whether nobody is let in.</summary>
    public bool IsEmpty => keys.Count == 0 && HasNoIssuers;

    /// <summary>By what its tokens' <c>iss</c> is.</summary>
    public TokenIssuer? FindIssuer(string issuer) => issuers.GetValueOrDefault(issuer);

    public AccessKey? Find(string id) => keys.GetValueOrDefault(id);

    /// <summary>The key that a token is, expired or not. A token of no key takes as long as a wrong one of a key.</summary>
    public AccessKey? Authenticate(ReadOnlySpan<char> token)
    {
        if (!KeyToken.TryReadId(token, out var id)) return null;
        var found = byId.TryGetValue(id, out var key);
        return KeyToken.Matches(token, found ? key!.HashBytes : NobodysHash) && found ? key : null;
    }

    /// <summary>Checks the configuration; says everything that is wrong with it.</summary>
    public static (KeyTable Table, IReadOnlyList<string> Problems) Build(AccessOptions options, KeyUsages usages, TimeProvider time)
    {
        var problems = new List<string>(options.Faults);
        Check(options, AccessOptions.Section, problems);
        Check(options.Limits, $"{AccessOptions.Section}:Limits", problems);
        problems.AddRange(options.AllowedOrigins.Where(origin => !OriginPolicy.IsOrigin(origin)).Select(
            origin => $"{AccessOptions.Section}:AllowedOrigins: '{origin}' is no origin such as https://example.com."));
        var keys = new Dictionary<string, AccessKey>(StringComparer.Ordinal);
        var hashes = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Keys.Count; i++)
        {
            var (key, at) = (options.Keys[i], $"{AccessOptions.Section}:Keys:{i}");
            if (key.Id is not null) at += $" ({key.Id})";
            if (Read(key, options.Limits, usages, at, problems) is not { } read) continue;
            if (!keys.TryAdd(key.Id!, read)) problems.Add($"{at}: another key has this Id.");
            if (!hashes.Add(read.Hash)) problems.Add($"{at}: another key has this Hash.");
        }

        var issuers = new Dictionary<string, TokenIssuer>(StringComparer.Ordinal);
        for (var i = 0; i < options.Issuers.Count; i++)
        {
            var (issuer, at) = (options.Issuers[i], $"{AccessOptions.Section}:Issuers:{i}");
            if (issuer.Name is not null) at += $" ({issuer.Name})";
            if (TokenIssuers.Read(issuer, options.Limits, time, at, problems) is not { } read) continue;
            if (issuers.Values.Any(other => other.Name == read.Name)) problems.Add($"{at}: another issuer has this Name.");
            if (!issuers.TryAdd(read.Issuer, read)) problems.Add($"{at}: another issuer has this Issuer.");
        }

        return (new(keys, issuers), problems);
    }

    private static AccessKey? Read(KeyOptions key, LimitOptions limits, KeyUsages usages, string at, List<string> problems)
    {
        var before = problems.Count;
        CheckId(key.Id, nameof(key.Id), at, problems);
        CheckId(key.Tenant, nameof(key.Tenant), at, problems);
        CheckId(key.Subject, nameof(key.Subject), at, problems);
        if (!KeyToken.TryParseHash(key.Hash, out var hash))
        {
            problems.Add($"{at}: Hash must be 'sha256:' and 64 hexadecimal digits, as 'keys new' prints it.");
        }

        var scopes = ReadScopes(key.Scopes, at, problems);
        DateTimeOffset? expires = null;
        if (key.ExpiresAt is { } text)
        {
            if (DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed))
            {
                expires = parsed;
            }
            else problems.Add($"{at}: ExpiresAt '{text}' is no time such as 2030-01-31T00:00:00Z.");
        }

        Check(key.Limits, $"{at}: Limits", problems);
        if (problems.Count > before) return null;
        var identity = new Identity(key.Tenant!, key.Subject!, scopes, usages.For(key.Id!), KeyLimits.Of(key.Limits, limits), key.Id);
        return new(Convert.ToHexStringLower(hash!), hash!, identity, expires);
    }

    internal static Scope ReadScopes(IList<string>? names, string at, List<string> problems)
    {
        if (names is null) return Scopes.Default;
        var scopes = Scope.None;
        foreach (var name in names)
        {
            if (Scopes.TryParse(name, out var scope)) scopes |= scope;
            else problems.Add($"{at}: there is no scope '{name}'; scopes are {string.Join(", ", Scopes.Names)}.");
        }

        return scopes;
    }

    internal static void CheckId(string? id, string name, string at, List<string> problems)
    {
        if (!EntityId.IsValid(id))
        {
            problems.Add($"{at}: {name} must be 1 to 64 letters, digits, '.', '_' or '-', the first a letter or digit.");
        }
    }

    internal static void Check(object options, string at, List<string> problems)
    {
        var results = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new(options), results, validateAllProperties: true))
        {
            problems.AddRange(results.Select(result => $"{at}: {result.ErrorMessage}"));
        }
    }
}
