namespace Bascule.Core.Forges;

/// <summary>An HTTP request as it reached a webhook address, before anything in it is believed.</summary>
/// <param name="Headers">Every header line in the order received; a name may repeat.</param>
/// <param name="Body">The raw bytes, at most the intake's limit.</param>
public sealed record WebhookRequest(IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body);

/// <summary>What is known once the signature has been checked over the raw bytes.</summary>
/// <param name="DeliveryId">The forge's delivery id. It is not signed: good for display and for recognising a redelivery, for nothing else.</param>
/// <param name="EventName">The forge's event header. Not signed either; the payload decides what happened.</param>
/// <param name="Json">The signed JSON: the body, or the decoded <c>payload</c> field of a form.</param>
public sealed record SignedDelivery(string DeliveryId, string EventName, ReadOnlyMemory<byte> Json);

/// <summary>Reads the webhooks of one kind of forge.</summary>
public interface IWebhookReader
{
    /// <summary>
    /// Checks the one signature header of this kind over the raw bytes, in constant time, before any parsing.
    /// Unauthenticated: no signature, an empty one, a wrong one, or no usable secret. Invalid: repeated headers, a bad form.
    /// </summary>
    /// <param name="secrets">One, or two while a rotation overlaps; an empty secret never verifies (THREATS T02).</param>
    Result<SignedDelivery> Verify(WebhookRequest request, IReadOnlyList<Secret> secrets);

    /// <summary>
    /// Reads signed JSON strictly (no duplicate keys, depth 32) into the event it claims. Invalid names the offending field.
    /// An unknown event is an <see cref="IgnoredEvent"/>, not an error.
    /// </summary>
    Result<ForgeEvent> Parse(SignedDelivery delivery);
}
