using Bascule.Core.Work;

namespace Bascule.Core.People;

/// <summary>What is known of somebody has to be kept for a court or an inquiry: while it stands, nobody erases it (THREATS T121).</summary>
/// <param name="PlacedBy">As the audit log names them.</param>
public sealed record LegalHold(string PersonUid, string Reason, string PlacedBy, DateTimeOffset PlacedAt);

/// <summary>NotFound when nobody has that uid. Conflict when they are erased, or held already.</summary>
public sealed record PlaceLegalHold(LegalHold LegalHold) : Change;

/// <summary>NotFound when they are not held.</summary>
public sealed record ReleaseLegalHold(string PersonUid) : Change;
