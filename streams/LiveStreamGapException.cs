namespace ToolRuntime.Streams;

/// <summary>
/// What <c>OnErrorAsync</c> of a subscriber is told when items may have been lost: its transport was cut off, or it was too slow. The
/// subscription stands and goes on;
/// whoever needs all items reads what is missing where it is kept.
/// </summary>
public sealed class LiveStreamGapException() : Exception("Items of the live stream may have been lost.");
