"""Words for made-up memories."""

from __future__ import annotations

_TEXT = """
    a about after again all always and answer any archive as ask at backup bad battery because before bench
    better between book both branch bridge bucket build but by cable cache call can careful case change check
    choose class clear clock cloud code cold column commit compare computer conversation copy correct could
    cover crash cut data database day decide deep default delta design detail disk do done door draft each early
    easy edge embedding empty end enough entry error even every example export fact fail fast few field file
    find first folder for format found four friend from full garden give good graph ground grow half hand hash
    have header hear help here hold home hour how idea if image import in index inside is it item journal just
    keep key know large last late later learn left less letter light like limit line list little local lock log
    long look lost machine make many map mark may mean measure memory message mind minute model more morning
    most move much must name near need network never new next night no not note nothing now number of off offer
    old on once one only open or order other our out over own page paper part path people piece place plan point
    power proof question quick quiet read ready reason record reflect remember repair repeat reply rest restore
    result return river road room row rule run safe same save say schema search second see send sentence server
    session set shape share short show side simple since size sleep slow small so some song sound source space
    start state step still stone stop store story sure sync table take task tell ten test text than that the
    their them then there these they thing think this three through time to today together tool town tree true
    try turn two under until up update use user value vault vector very wait walk want was water way week well
    what when where which while who whole why will wind window winter with word work write year yes
"""
WORDS = tuple(_TEXT.split())
