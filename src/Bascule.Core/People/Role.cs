namespace Bascule.Core.People;

/// <summary>What somebody may do, in the words of the settings. Which acts a role allows is written down once, in <c>RoleTable</c>.</summary>
public enum Role
{
    /// <summary>Reads runs, plans and metrics.</summary>
    Viewer,

    /// <summary>As a viewer; proposes: plans, retries what was refused or failed, cancels runs that it caused.</summary>
    Developer,

    /// <summary>Starts, cancels, retries and rolls back; repairs deliveries. Approves nothing.</summary>
    Operator,

    /// <summary>Gives and withdraws approvals.</summary>
    Approver,

    /// <summary>Reads everything, the audit log and people included; changes nothing.</summary>
    Auditor,

    /// <summary>People, roles, connections. Has no hidden exception: it approves nothing unless it is an approver too (THREATS T108).</summary>
    Admin,
}
