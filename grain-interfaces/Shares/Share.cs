namespace ToolRuntime.Shares;

/// <summary>A link to a replay, for whoever has it, without a key. The token itself is kept nowhere.</summary>
/// <param name="Hash">SHA-256 of the link's token, hexadecimal.</param>
/// <param name="Id">What it is called where it is listed and revoked.</param>
/// <param name="By">Who made it.</param>
/// <param name="Epoch">Of the session that there was then: one of the same name that is begun later is not shared.</param>
/// <param name="Head">Where its log ended then; a reset beyond it ends the link.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it leads nowhere.</param>
/// <param name="Execution">The one execution that is shared; null: the session.</param>
/// <param name="From">The first event that is shared; null: all from the beginning.</param>
/// <param name="To">The last one; null: what comes later is shared too.</param>
/// <param name="Label">What it is for, as its maker says.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.Share")]
public sealed record Share(
    string Hash, string Id, string By, string Epoch, long Head, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt,
    string? Execution = null, long? From = null, long? To = null, string? Label = null);

/// <summary>What a token leads to.</summary>
/// <param name="Session">The session.</param>
/// <param name="ExpiresAt">Until when.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.SharePointer")]
public sealed record SharePointer(SessionKey Session, DateTimeOffset ExpiresAt);
