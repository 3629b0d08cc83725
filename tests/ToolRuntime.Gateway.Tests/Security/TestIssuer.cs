using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>Issues users' tokens, by hand after RFC 7515: what checks them is another's code.</summary>
internal sealed class TestIssuer(string name = "login", string issuer = "https://login.example.com", string keyId = "k1") : IDisposable
{
    private readonly RSA rsa = RSA.Create(2_048);
    private readonly ECDsa elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Name => name;

    public string KeyId { get; set; } = keyId;

    public string KeySet
    {
        get
        {
            var (r, e) = (rsa.ExportParameters(false), elliptic.ExportParameters(false));
            return JsonSerializer.Serialize(new
            {
                keys = new object[]
                {
                    new { kty = "RSA", use = "sig", kid = KeyId, n = Encode(r.Modulus!), e = Encode(r.Exponent!) },
                    new { kty = "EC", use = "sig", kid = $"{KeyId}-ec", crv = "P-256", x = Encode(e.Q.X!), y = Encode(e.Q.Y!) },
                },
            });
        }
    }

    public (string Name, object Value)[] Settings(params (string Name, object Value)[] more) =>
    [
        ("Access:Issuers:0:Name", name), ("Access:Issuers:0:Issuer", issuer), ("Access:Issuers:0:Audience", "toolruntime"), ("Access:Issuers:0:KeySet", KeySet),
        .. more.Select(setting => ($"Access:Issuers:0:{setting.Name}", setting.Value)),
    ];

    public static long In(int seconds) => DateTimeOffset.UtcNow.AddSeconds(seconds).ToUnixTimeSeconds();

    /// <summary>A token of ann, for ten minutes, that may do the usual; other claims in their place, a null leaves one out.</summary>
    public string Token(params (string Name, object? Value)[] claims) => Sign("RS256", KeyId, Claims(claims));

    public string Sign(string algorithm, string? key, string claims)
    {
        var head = Encode(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}","typ":"JWT","kid":"{{key}}"}"""));
        var signed = $"{head}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Encode(Signature(algorithm, Encoding.UTF8.GetBytes(signed)))}";
    }

    public string Claims(params (string Name, object? Value)[] claims)
    {
        var all = new Dictionary<string, object?>
        {
            ["iss"] = issuer,
            ["aud"] = "toolruntime",
            ["exp"] = In(600),
            ["sub"] = "ann",
            ["tenant"] = "acme",
            ["scope"] = "openid sessions:read sessions:write tools:run",
        };
        foreach (var (claim, value) in claims) all[claim] = value;
        return JsonSerializer.Serialize(all.Where(claim => claim.Value is not null).ToDictionary());
    }

    public void Dispose()
    {
        rsa.Dispose();
        elliptic.Dispose();
    }

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private byte[] Signature(string algorithm, byte[] signed) => algorithm switch
    {
        "RS256" => rsa.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        "RS512" => rsa.SignData(signed, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        "PS256" => rsa.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        "ES256" => elliptic.SignData(signed, HashAlgorithmName.SHA256),
        // The public key as the secret: the oldest trick there is.
        "HS256" => HMACSHA256.HashData(Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), signed),
        _ => [],
    };
}
