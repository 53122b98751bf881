using static Bascule.Core.Evidence.Tables.EvidenceTables;

namespace Bascule.Core.Evidence.Controls;

/// <summary>Trust services criteria of the AICPA (2017, points of focus of 2022), those of the common criteria that a log of access and change speaks to.</summary>
internal static class Soc2
{
    public static Framework Framework { get; } =
        new(
            "soc2",
            "SOC 2: trust services criteria (common criteria)",
            [
                new(
                    "CC6.1",
                    "Logical access to what is protected is limited by software and rules",
                    "Each decision to let somebody in, or not: the rule that decided, when, and for whom by pseudonym.",
                    "The settings themselves, networks, and what is reached without Bascule.",
                    [AccessDecisions, AccessRights, Rotations]
                ),
                new(
                    "CC6.2",
                    "People are registered before they get access, and lose it when they leave",
                    "When each identity was retired, by whom, and the first refusal after it that names them.",
                    "When somebody left according to your personnel records: compare the dates. Whoever was never known here has no row.",
                    [IdentitiesRetired, AccessRights]
                ),
                new(
                    "CC6.3",
                    "Access follows roles and duties, is changed and taken away, and duties are separated",
                    "Changes of what gives access, approvals that were refused because the same person may not give them, and tokens with what they open.",
                    "A periodic review of who holds which role: no entry says that somebody looked.",
                    [AccessRights, ApprovalDecisions, AccessDecisions, IdentitiesRetired]
                ),
                new(
                    "CC6.6",
                    "Threats from outside the boundary are kept out",
                    "What sources outside were refused: deliveries, sign-ins, exchanges, requests to the Git proxy, counted by address and reason.",
                    "Firewalls, intrusion detection, and whatever never reached Bascule.",
                    [AccessDecisions]
                ),
                new(
                    "CC6.7",
                    "Information is moved and removed only by whom it is meant for",
                    "What left through the Git proxy: packs, files and LFS objects, each under the token and rule that let it.",
                    "Copies made afterwards, and what the platform itself sends on.",
                    [AccessDecisions]
                ),
                new(
                    "CC7.2",
                    "Systems are watched for what is out of the ordinary",
                    "Force pushes, forged commit statuses, a clock that went back, a history that was lost, uses of former secrets: each was noticed and written down.",
                    "That somebody looked at it, and monitoring of anything else.",
                    [Exceptions, Operations, CodeChanges]
                ),
                new(
                    "CC7.3",
                    "Security events are judged, and acted on where they have to be",
                    "Runs that were let go without approval, with the review that followed or did not; work set aside and what became of it.",
                    "How your people judged an event, beyond the reason that they wrote at the forge or here.",
                    [Exceptions, Operations]
                ),
                new(
                    "CC8.1",
                    "Changes are authorised, designed, tested, approved and put in place",
                    "Every change that was to run in an environment: its commit, plan, decision, approvals, the calls that carried it out, and the signed statement about it.",
                    "Design and tests: what your pipelines tested stands at the forge. Changes that were made on a platform past Bascule.",
                    [Changes, ApprovalDecisions, Calls, CodeChanges, Exceptions, Attestations]
                ),
            ],
            "Everything else of the criteria: control environment, communication, risk assessment, physical access, incident response, recovery, vendors (CC1 to CC5, CC6.4, CC6.5, CC6.8, CC7.1, CC7.4, CC7.5, CC9), and the other categories."
        );
}
