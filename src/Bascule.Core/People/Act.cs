namespace Bascule.Core.People;

/// <summary>What is decided on. Every route names exactly one.</summary>
public enum Act
{
    ReadRuns,
    ReadDeliveries,
    ReadForges,
    ReadPeople,
    ReadAudit,
    RetryRun,
    CancelRun,
    ApproveRun,
    BreakGlass,
    RollBack,
    PromoteModel,
    ReplayDelivery,
    ConnectForge,
    ResumeInstallation,
    RetireSubject,
    GiveRole,
    UnlinkAccount,
    ReadTokens,
    RevokeToken,
    ConfirmIssuer,
    ReadCredentials,
    ChangeCredential,
    RotateKey,
    ReadCollectors,
    ReplayToCollector,
    SetLegalHold,
    EraseSubject,
}
